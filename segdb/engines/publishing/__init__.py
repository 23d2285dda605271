"""Publishing: what every engine with transactions shares; engines say the rest in their own way."""
