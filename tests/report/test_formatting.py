"""Numbers in the reader's form."""

from __future__ import annotations

from datetime import datetime

import pytest

from segdb.charts.chart import Form
from segdb.report import formatting
from segdb.report.formatting import Forms

SHOP = Forms("£", datetime(2011, 12, 10))


@pytest.mark.parametrize(
    ("value", "form", "words"),
    [
        (1_234_567, "count", "1,234,567"),
        (4, "customers", "fewer than 5"),
        (0, "customers", "0"),
        (5, "customers", "5"),
        (1_234.5, "money", "£1,234"),
        (-1_234.5, "money", "-£1,234"),
        (31.2, "money", "£31.20"),
        (0.1234, "share", "12.3%"),
        (1.0, "share", "100%"),
        (0.0, "share", "0%"),
        (-0.0003, "share", "0.0%"),
        (-0.003, "share", "-0.3%"),
        (0.41234, "decimal", "0.412"),
        (1234.5678, "number", "1,235"),
        (0.000123456, "number", "0.0001235"),
        (12.0, "number", "12"),
        (0, "number", "0"),
        (-0.5, "number", "-0.5"),
        (True, "yes", "yes"),
        (False, "yes", ""),
        ("<b>", "text", "<b>"),
        (None, "money", "–"),
    ],
)
def test_values(value: object, form: Form, words: str) -> None:
    assert SHOP.value(value, form) == words


def test_a_currency_stands_after_the_amount_in_one_line() -> None:
    krone = Forms("{} kr")
    assert krone.money(1_234.5) == "1,234\u00a0kr"
    assert krone.money(-31.2) == "-31.20\u00a0kr"
    assert krone.short(-1_234_567_890.0) == "-1.23bn\u00a0kr"
    assert krone.measure(812.4, "currency") == "812\u00a0kr"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (9_999_999.0, "£9,999,999"),
        (1e7, "£10.0M"),
        (999e6, "£999M"),
        (1e9, "£1.00bn"),
        (-2.5e9, "-£2.50bn"),
        (None, "–"),
    ],
)
def test_long_amounts_are_short(value: float | None, words: str) -> None:
    assert SHOP.short(value) == words


def test_days_come_with_their_date() -> None:
    # As of the midnight after 9 December, nine days back is 30 November.
    assert SHOP.ago(9) == "9 days ago (30 Nov 2011)"
    assert SHOP.ago(1) == "1 day ago (8 Dec 2011)"
    assert SHOP.ago(None) == "–"
    assert Forms().ago(9) == "9 days ago"
    assert SHOP.ago(1e9) == "1,000,000,000 days ago (–)"


def test_measures_have_their_unit() -> None:
    assert SHOP.measure(812.4, "currency") == "£812"
    assert SHOP.measure(0.25, "share") == "25.0%"
    assert SHOP.measure(18.3, "orders") == "18.3 orders"
    assert SHOP.measure(1.0, "orders") == "1 order"
    assert SHOP.measure(1.0, "categories") == "1 category"
    assert SHOP.measure(18.3, "") == "18.3"
    assert SHOP.measure(None, "orders") == "–"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (9_999_999.0, "£9,999,999"),
        (10_000_000.0, "£10.0M"),
        (123_456_789.0, "£123M"),
        (-1_234_567_890.0, "-£1.23bn"),
        (None, "–"),
    ],
)
def test_long_amounts_are_shortened_for_narrow_places(value: float | None, words: str) -> None:
    assert SHOP.short(value) == words


def test_a_day_is_written_without_a_leading_zero() -> None:
    assert formatting.day(datetime(2024, 3, 1, 12)) == "1 Mar 2024"
    assert formatting.day(None) == "–"
