"""Order id: by its name and its values, also where some are missing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from segdb.checks.warning import DataWarning
from segdb.inspect.infer_schema import infer_schema
from segdb.inspect.schema_hints import SchemaHints
from segdb.inspect.value_patterns import Ask
from tests.inspect.conftest import Tables

ROWS = range(60)
# 30 orders of two lines each, of 7 customers.
CUSTOMER = [f"K{row // 2 % 7}" for row in ROWS]
ORDER = [f"{5_000 + row // 2}" for row in ROWS]
DAY = [f"2024-{1 + row // 2 % 9:02d}-{1 + row // 2 % 27:02d}" for row in ROWS]
MONEY = [f"{10 + row * 1.5:.2f}" for row in ROWS]
Taken = tuple[str | None, list[DataWarning]]
Take = Callable[..., Taken]


@pytest.fixture
def taken(table: Tables, ask: Ask) -> Take:
    """Return the column of the order's id, and what is said of it."""

    def take(**columns: list[str]) -> Taken:
        given = {"customer_id": CUSTOMER, "order_date": DAY, "amount": MONEY} | columns
        raw = table({name: values for name, values in given.items() if values})
        made = infer_schema(raw, "o.csv", ask, "orders", SchemaHints())
        said = [warning for warning in made.warnings if warning.code == "order_id_choice"]
        return made.reading.roles.get("order_id"), said

    return take


@pytest.mark.parametrize("gap", ["NULL", "NA", "-", "", "N/A"])
def test_an_id_that_some_rows_lack_is_the_orders(taken: Take, gap: str) -> None:
    some = [gap if row % 9 == 0 else order for row, order in enumerate(ORDER)]
    assert taken(order_id=some) == ("order_id", [])


@pytest.mark.parametrize("column", ["customer_id", "order_date"])
def test_rows_without_a_customer_or_a_date_say_nothing_of_the_orders(
    taken: Take, column: str
) -> None:
    values = {"customer_id": CUSTOMER, "order_date": DAY}[column]
    gaps = ["NULL" if row % 8 == 0 else value for row, value in enumerate(values)]
    assert taken(order_id=ORDER, **{column: gaps}) == ("order_id", [])


def test_a_date_in_two_forms_is_one_moment(taken: Take) -> None:
    other = ["/".join(reversed(day.split("-"))) if row % 2 else day for row, day in enumerate(DAY)]
    assert taken(order_id=ORDER, order_date=other) == ("order_id", [])


def test_sales_are_money_beside_an_order_id(taken: Take) -> None:
    alike = [MONEY[row // 10 * 10] for row in ROWS]
    each = [f"{row}" for row in ROWS]
    assert taken(amount=[], Sales=alike, **{"Order ID": each}) == ("Order ID", [])


def test_numbers_that_begin_anew_for_each_customer_are_none_and_said(taken: Take) -> None:
    column, said = taken(order_id=[f"{row // 14}" for row in ROWS])
    assert column is None
    assert [warning.setting for warning in said] == ['[columns] order_id = "order_id"']
    assert "5 values have several customers" in said[0].message
    assert "which makes 30" in said[0].message


def test_an_id_that_makes_the_same_orders_is_not_said(taken: Take) -> None:
    assert taken(order_id=["1"] * len(ROWS))[0] is None
    assert taken(receipt=["1"] * len(ROWS)) == (None, [])
