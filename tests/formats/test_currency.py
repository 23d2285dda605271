"""Money: before the amount or after it."""

from __future__ import annotations

import pytest

from segdb.formats.currency import around, money, symbol


@pytest.mark.parametrize(
    ("currency", "positive", "negative", "alone"),
    [
        ("", "5", "-5", ""),
        ("£", "£5", "-£5", "£"),
        ("CHF ", "CHF 5", "-CHF 5", "CHF"),
        ("{} kr", "5 kr", "-5 kr", "kr"),
        ("{}€", "5€", "-5€", "€"),
        ("US${}", "US$5", "-US$5", "US$"),
        ("{}", "5", "-5", ""),
    ],
)
def test_an_amount(currency: str, positive: str, negative: str, alone: str) -> None:
    assert money("5", currency) == positive
    assert money("5", currency, negative=True) == negative
    assert symbol(currency) == alone
    assert "5".join(around(currency)) == positive
