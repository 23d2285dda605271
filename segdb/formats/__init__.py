"""How dates, digits, currencies and formulas are written: words and signs, as data."""
