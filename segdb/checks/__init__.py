"""Checks: what of the data would make the result wrong, said with its number and its setting."""
