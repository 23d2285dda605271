"""Two columns of one name: the first is taken, and that is said where they differ."""

from __future__ import annotations

import tomllib

import pytest

from segdb.inspect.twin_columns import twin_columns
from segdb.inspect.value_patterns import Ask
from tests.inspect.conftest import Tables


@pytest.mark.parametrize("twin", ["paid_2", "paid_1", "paid:1"])
def test_a_twin_that_differs_is_said(table: Tables, ask: Ask, twin: str) -> None:
    rows = table({"paid": ["1", "2", None, "4"], twin: ["1", "5", "3", "4"]})
    (warning,) = twin_columns(rows, {"amount": "paid"}, ["amount"], ask)
    assert "differs from it in 2 of the first 4 rows" in warning.message
    assert tomllib.loads(warning.setting.removeprefix("[columns] ")) == {"amount": twin}


@pytest.mark.parametrize("other", ["paid_2", "paid_late", "unpaid", "paid_2x"])
def test_equal_twins_and_other_columns_are_not(table: Tables, ask: Ask, other: str) -> None:
    values = ["1", "2"] if other == "paid_2" else ["9", "8"]
    rows = table({"paid": ["1", "2"], other: values})
    assert twin_columns(rows, {"amount": "paid"}, ["amount"], ask) == []


def test_a_column_that_the_settings_name_is_meant(table: Tables, ask: Ask) -> None:
    rows = table({"paid": ["1", "2"], "paid_2": ["9", "8"]})
    assert twin_columns(rows, {"amount": "paid"}, [], ask) == []
