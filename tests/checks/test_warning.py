"""Warnings: which are shown, which stop a run, and how they are kept."""

from __future__ import annotations

from decimal import Decimal

import pytest

from segdb.checks.warning import (
    SHOWN,
    DataWarning,
    from_json,
    most_important,
    stop_if_wrong,
    to_json,
)
from segdb.config.settings import parse
from segdb.errors import DataError, SettingsError

SMALL = DataWarning("guests", "3 % of the orders are under one id.", 'x = "y"', share=0.03)
LARGE = DataWarning("equal_rows", "Half of the rows are equal to others.", share=0.5)
WRONG = DataWarning("several_currencies", "EUR and JPY are added.", share=0.1, stops=True)


def test_the_largest_come_first_and_those_that_stop_before_all() -> None:
    assert most_important([SMALL, WRONG, LARGE]) == [WRONG, LARGE, SMALL]


def test_at_most_five_are_shown_and_equal_ones_once() -> None:
    many = [DataWarning("files", f"Sheet {number} is left.", share=number) for number in range(9)]
    assert len(most_important([*many, *many])) == SHOWN


def test_what_is_accepted_is_not_shown() -> None:
    assert most_important([SMALL, LARGE], ["equal_rows"]) == [SMALL]


def test_a_warning_that_stops_names_the_line_that_lets_it_pass() -> None:
    with pytest.raises(DataError) as raised:
        stop_if_wrong([SMALL, WRONG], [])
    assert '[checks] accept = ["several_currencies"]' in str(raised.value)
    stop_if_wrong([SMALL, WRONG], ["several_currencies"])


def test_the_advice_holds_the_line_of_the_settings() -> None:
    assert str(SMALL) == '3 % of the orders are under one id. To change it: x = "y"'
    assert str(LARGE) == "Half of the rows are equal to others."


def test_they_survive_json() -> None:
    kept = from_json(to_json([SMALL, WRONG]))
    assert [DataWarning(**values) for values in kept] == [SMALL, WRONG]
    assert from_json(None) == []


def test_a_share_of_two_sums_is_published_as_a_number() -> None:
    warning = DataWarning("free_orders", "Much is free.", share=Decimal(1) / 4)  # type: ignore[arg-type]
    assert from_json(to_json([warning]))[0]["share"] == 0.25


def test_a_code_that_does_not_exist_is_an_error_that_names_the_nearest() -> None:
    with pytest.raises(SettingsError, match="several_currencies"):
        parse({"checks": {"accept": ["several_currency"]}})


@pytest.mark.parametrize(("setting", "words"), [("x = 1", "x = 1; if it is"), ("", ". If it is")])
def test_a_stop_is_one_paragraph_of_whole_sentences(setting: str, words: str) -> None:
    with pytest.raises(DataError) as raised:
        stop_if_wrong([DataWarning("guests", "All are guests.", setting, stops=True)], [])
    assert words in str(raised.value)
