"""Roles: names first, types must fit, and statistics decide between equals."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from segdb.config.sections import Columns
from segdb.errors import SourceError
from segdb.inspect.infer_schema import infer_schema
from segdb.inspect.schema_hints import SchemaHints
from segdb.inspect.value_patterns import Ask
from segdb.source_schema import Role
from tests.inspect.conftest import Tables

# 12 customers with two orders of two lines each.
LINES = range(48)
CUSTOMER = pa.array([line // 2 % 12 for line in LINES])
ORDER = pa.array([100 + line // 2 for line in LINES])
LINE = pa.array([line % 2 for line in LINES])
MOMENT = pa.array([datetime(2026, 1, 1) + timedelta(days=line // 2) for line in LINES])
MONEY = pa.array([1.5 + line for line in LINES])
COUNT = pa.array([1 + line % 3 for line in LINES])
PRODUCT = pa.array([line % 5 for line in LINES])


@pytest.fixture
def roles(table: Tables, ask: Ask) -> Any:
    def found(columns: Mapping[str, Sequence[Any]], **declared: str) -> Mapping[Role, str]:
        raw = table(columns)
        reading = infer_schema(
            raw, "o.csv", ask, "orders", SchemaHints(columns=Columns(**declared))
        ).reading
        return reading.roles

    return found


def test_of_a_shop(roles: Any) -> None:
    columns = {
        "InvoiceNo": ORDER, "LineNo": LINE, "StockCode": PRODUCT, "Quantity": COUNT,
        "InvoiceDate": MOMENT, "UnitPrice": MONEY, "CustomerID": CUSTOMER,
    }  # fmt: skip
    assert roles(columns) == {
        "customer_id": "CustomerID", "order_id": "InvoiceNo", "ordered_at": "InvoiceDate",
        "quantity": "Quantity", "unit_price": "UnitPrice",
    }  # fmt: skip


def test_a_line_total_goes_before_price_times_quantity(roles: Any) -> None:
    columns = {"client": CUSTOMER, "date": MOMENT, "qty": COUNT, "price": MONEY, "total": MONEY}
    assert roles(columns)["amount"] == "total"
    assert "unit_price" not in roles(columns)


def test_a_price_alone_is_the_amount_and_a_unit_price_is_not(roles: Any) -> None:
    assert roles({"client": CUSTOMER, "date": MOMENT, "price": MONEY})["amount"] == "price"
    with pytest.raises(SourceError, match=r"unit price, 'unit_price'.*amount = \"unit_price\""):
        roles({"client": CUSTOMER, "date": MOMENT, "unit_price": MONEY})


def test_the_customer_is_who_comes_back(roles: Any) -> None:
    columns = {
        "customer_id": ORDER, "customer_unique_id": CUSTOMER, "order_id": ORDER, "date": MOMENT,
        "payment_value": MONEY,
    }  # fmt: skip
    assert roles(columns)["customer_id"] == "customer_unique_id"


def test_an_order_has_one_customer_and_one_moment(roles: Any) -> None:
    columns = {"customer_id": CUSTOMER, "date": MOMENT, "amount": MONEY}
    assert "order_id" not in roles({**columns, "order_no": LINE})
    assert "order_id" not in roles({**columns, "transaction_id": CUSTOMER})
    lines = pa.array(list(LINES))
    assert (
        roles({**columns, "transaction_id": lines, "basket_id": ORDER})["order_id"] == "basket_id"
    )


def test_other_dates_are_not_the_order(roles: Any) -> None:
    columns = {"customer_id": CUSTOMER, "ship_date": MOMENT, "order_date": MOMENT, "total": MONEY}
    assert roles(columns)["ordered_at"] == "order_date"
    assert roles({"customer_id": CUSTOMER, "moment": MOMENT, "total": MONEY})["ordered_at"] == (
        "moment"
    )


@pytest.mark.parametrize(
    ("columns", "lines"),
    [
        (
            {"customer_id": CUSTOMER, "customer_no": CUSTOMER, "date": MOMENT, "total": MONEY},
            r'\[columns\] customer_id = "customer_id" or customer_id = "customer_no"',
        ),
        (
            {"customer_id": CUSTOMER, "date": MOMENT, "net_sales": MONEY, "gross_sales": MONEY},
            r'\[columns\] amount = "net_sales" or amount = "gross_sales"',
        ),
        (
            {"customer_id": CUSTOMER, "order_date": MOMENT, "invoice_date": MOMENT, "total": MONEY},
            r'\[columns\] ordered_at = "order_date" or ordered_at = "invoice_date"',
        ),
    ],
)
def test_equals_are_left_to_the_user(
    roles: Any, columns: dict[str, Sequence[Any]], lines: str
) -> None:
    with pytest.raises(SourceError, match=lines):
        roles(columns)


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"who": CUSTOMER, "date": MOMENT, "total": MONEY}, r"the customer's id.*who, total"),
        (
            {"customer": CUSTOMER, "total": MONEY},
            r"the date of the order.*\[columns\] ordered_at",
        ),
        ({"customer": CUSTOMER, "date": MOMENT, "n": COUNT}, r"the amount.*numeric columns are: "),
    ],
)
def test_what_cannot_be_found(roles: Any, columns: dict[str, Sequence[Any]], told: str) -> None:
    with pytest.raises(SourceError, match=told):
        roles(columns)


def test_a_proposed_line_is_toml_whatever_the_header(roles: Any) -> None:
    header = 'Who "buys"\nhere'
    with pytest.raises(SourceError) as caught:
        roles({header: CUSTOMER, "date": MOMENT, "total": MONEY})
    said = str(caught.value)
    line = said.split("[columns] ")[1].split(". Its columns", maxsplit=1)[0]
    assert tomllib.loads(line) == {"customer_id": header}
    assert "\n" not in said


def test_declared_columns_win_whatever_their_case(roles: Any) -> None:
    columns = {"who": CUSTOMER, "customer_id": ORDER, "When": MOMENT, "Paid": MONEY, "date": MOMENT}
    declared = {"customer_id": "WHO", "ordered_at": "when", "amount": "paid"}
    assert roles(columns, **declared) == {
        "customer_id": "who", "ordered_at": "When", "amount": "Paid",
    }  # fmt: skip
    with pytest.raises(SourceError, match=r"no column 'paidd', which \[columns\] amount.*'Paid'"):
        roles(columns, amount="paidd")


def test_a_declared_unit_price_takes_the_quantity_with_it(roles: Any) -> None:
    columns = {"customer": CUSTOMER, "date": MOMENT, "p": MONEY, "total": MONEY, "qty": COUNT}
    assert roles(columns, unit_price="p").keys() >= {"quantity", "unit_price"}
    del columns["qty"]
    with pytest.raises(SourceError, match=r"\[columns\] quantity"):
        roles(columns, unit_price="p")


class TestCustomers:
    """One row a customer."""

    def found(self, table: Tables, ask: Ask, columns: dict[str, Any], **declared: str) -> str:
        raw = table(columns)
        reading = infer_schema(
            raw, "c.csv", ask, "customers", SchemaHints(columns=Columns(**declared))
        ).reading
        assert set(reading.roles) == {"customer_id"}
        return reading.roles["customer_id"]

    def test_the_id(self, table: Tables, ask: Ask) -> None:
        assert self.found(table, ask, {"ID": ["a"], "Dt_Customer": ["04-09-2012"]}) == "ID"
        assert self.found(table, ask, {"id": ["7"], "client_no": ["a"]}) == "client_no"

    def test_of_two_the_one_that_differs_most(self, table: Tables, ask: Ask) -> None:
        columns = {"household_id": ["1", "1", "2"], "customer_id": ["1", "2", "3"]}
        assert self.found(table, ask, columns) == "customer_id"

    def test_what_the_orders_call_it_need_not_be_there(self, table: Tables, ask: Ask) -> None:
        assert self.found(table, ask, {"client": ["a"]}, customer_id="household") == "client"
        assert self.found(table, ask, {"client": ["a"], "x": ["b"]}, customer_id="X") == "x"
        with pytest.raises(SourceError, match="none is called 'household'"):
            self.found(table, ask, {"x": ["a"]}, customer_id="household")
