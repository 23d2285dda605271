"""Tiers: how much a segment's customers bring, beside all customers."""

from __future__ import annotations

# Of the mean of all customers.
PREMIUM, LOW = 1.5, 1 / 3


def tier(value: float | None, of_all: float | None, *, seldom: bool = True) -> str | None:
    """Return the tier of a segment; None where nothing says what its customers bring.

    Args:
        value: mean of what its customers bring.
        of_all: mean of what all customers bring.
        seldom: whether they order less often than all customers on average, as far as there are
            orders; who orders as often as others is not of low engagement, however small the sum.
    """
    if value is None or of_all is None or of_all <= 0.0:
        return None
    if value >= PREMIUM * of_all:
        return "premium"
    return "low engagement" if value < LOW * of_all and seldom else "regular"
