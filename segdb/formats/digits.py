"""Digits: those of other scripts, and the marks that go with them, as the ASCII ones. Data."""

from __future__ import annotations

# Arabic-Indic, Persian, Devanagari, Bengali, Thai and full-width digits, ten of each.
_ZEROS = "٠۰०০๐０"
FOREIGN_DIGITS = "".join(chr(ord(zero) + digit) for zero in _ZEROS for digit in range(10))
# Arabic decimal and thousands separators, which have one meaning each, and the percent sign.
FOREIGN_MARKS = "٫٬٪"
FOREIGN = FOREIGN_DIGITS + FOREIGN_MARKS + "．，：／－"
ASCII = "0123456789" * len(_ZEROS) + ".,%" + ".,:/-"
_TO_ASCII = str.maketrans(FOREIGN, ASCII)


def to_ascii(text: str) -> str:
    """Return a text with the digits and marks of other scripts as ASCII."""
    return text.translate(_TO_ASCII)
