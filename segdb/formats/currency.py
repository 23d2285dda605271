"""Currency: an amount with its currency, which stands before it or after it."""

from __future__ import annotations

# Where the amount stands in the setting; without it, the currency stands before the amount.
PLACE = "{}"


def money(digits: str, currency: str, *, negative: bool = False) -> str:
    """Write an amount: "£1,234", or with the currency "{} kr" "1,234 kr".

    Args:
        digits: the amount without its sign.
        currency: as in the settings.
        negative: whether the amount is below zero.
    """
    before, after = around(currency)
    return f"{'-' if negative else ''}{before}{digits}{after}"


def around(currency: str) -> tuple[str, str]:
    """Return what stands before an amount, and what after it."""
    before, _, after = currency.partition(PLACE)
    return before, after


def symbol(currency: str) -> str:
    """Return the currency alone, as a unit."""
    return "".join(around(currency)).strip()
