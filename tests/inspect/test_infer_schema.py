"""Understand: whole tables, the real ones among them, and what is said of bad ones."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar, Literal

import pyarrow as pa
import pytest

from segdb.config.sections import Columns
from segdb.config.source_section import Source
from segdb.engines.duckdb.database import DuckDB
from segdb.engines.duckdb.read.readers import read
from segdb.errors import SourceError
from segdb.inspect.attributes import numeric_attributes
from segdb.inspect.infer_schema import InferredSchema, infer_schema
from segdb.inspect.schema_hints import SchemaHints
from segdb.inspect.value_patterns import Ask
from segdb.source_schema import Reading
from tests.inspect.conftest import Tables


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DuckDB]:
    opened = DuckDB.open(tmp_path / "shop.duckdb")
    yield opened
    opened.close()


def of_file(store: DuckDB, path: Path, kind: Literal["orders", "customers"]) -> InferredSchema:
    raw = read(store, kind, path, Source())
    return infer_schema(raw.table, raw.origin, store.fetch, kind, SchemaHints())


class TestRealData:
    """Roles as a person would choose them."""

    def test_online_retail(self, store: DuckDB, shared_data: Path) -> None:
        path = shared_data / "online_retail.parquet"
        of_file(store, path, "orders")
        began = time.perf_counter()
        understood = of_file(store, path, "orders")
        reading, notes = understood.reading, understood.notes
        assert time.perf_counter() - began < 2, "it is 0.2 s on an idle machine"
        assert reading.roles == {
            "customer_id": "CustomerID", "order_id": "InvoiceNo", "ordered_at": "InvoiceDate",
            "quantity": "Quantity", "unit_price": "UnitPrice",
        }  # fmt: skip
        assert len(notes) == 1
        assert notes[0].startswith("orders: customer_id = CustomerID, ordered_at = InvoiceDate, ")
        assert notes[0].endswith("amount = Quantity × UnitPrice")
        assert reading.column("StockCode").kind == "text"

    def test_complete_journey(self, store: DuckDB, complete_journey: Path) -> None:
        reading = of_file(store, complete_journey / "transactions.parquet", "orders").reading
        assert reading.roles == {
            "customer_id": "household_id", "order_id": "basket_id",
            "ordered_at": "transaction_timestamp", "amount": "sales_value", "quantity": "quantity",
        }  # fmt: skip
        people = of_file(store, complete_journey / "demographics.parquet", "customers").reading
        assert people.roles == {"customer_id": "household_id"}

    def test_marketing_campaign(self, store: DuckDB, shared_data: Path) -> None:
        understood = of_file(store, shared_data / "marketing_campaign.tsv", "customers")
        reading, notes = understood.reading, understood.notes
        assert reading.roles == {"customer_id": "ID"}
        assert reading.column("Dt_Customer").formats[0] == "%d-%m-%Y"
        assert reading.column("Income").kind == "number"
        assert reading.column("Education").kind == "text"
        assert "customers: dates read as dd-mm-yyyy" in notes

    def test_mall_customers(self, store: DuckDB, shared_data: Path) -> None:
        raw = read(store, "customers", shared_data / "mall_customers.csv", Source())
        reading = of_file(store, shared_data / "mall_customers.csv", "customers").reading
        assert reading.roles == {"customer_id": "CustomerID"}
        assert numeric_attributes(raw.table, reading, store.fetch).measures == (
            "Age", "Annual Income (k$)", "Spending Score (1-100)",
        )  # fmt: skip


class TestKinds:
    """What a column is read as."""

    def kinds(self, table: Tables, ask: Ask, **columns: Any) -> dict[str, str]:
        raw = table({"customer_id": ["1", "2", "3", "4"], **columns})
        reading = infer_schema(raw, "c.csv", ask, "customers", SchemaHints()).reading
        return {column.name: column.kind for column in reading.columns}

    def test_of_text(self, table: Tables, ask: Ask) -> None:
        assert self.kinds(
            table,
            ask,
            income=["1,234.50", "NA", None, "7"],
            born=["13/04/1980", "1/4/1981", None, "2/5/1982"],
            town=["a", "b", "1", "2"],
            zip_code=["01234", "12345", "23456", "34567"],
            unclear=["03/04/2020", "03/05/2020", "", "04/05/2020"],
            nothing=[None, "", "NA", None],
        ) == {
            "customer_id": "text", "income": "number", "born": "timestamp", "town": "text",
            "zip_code": "text", "unclear": "text", "nothing": "text",
        }  # fmt: skip

    def test_of_other_types(self, table: Tables, ask: Ask) -> None:
        kinds = self.kinds(
            table,
            ask,
            flag=pa.array([True] * 4),
            money=pa.array([1, 2, 3, 4], pa.decimal128(10, 2)),
            day=pa.array([1, 2, 3, 4], pa.date32()),
            tags=pa.array([["a"]] * 4),
            raw=pa.array([b"a"] * 4),
        )
        assert {kinds[name] for name in ("flag", "money", "day", "tags", "raw")} == {"native"}


class TestOrders:
    """A role whose values are bad, or could be read in two ways."""

    COLUMNS: ClassVar = {
        "customer_id": ["a", "b", "c"],
        "date": ["2026-01-31"] * 3,
        "total": ["1", "2", "3"],
    }

    def understood(self, table: Tables, ask: Ask, declared: Columns, **columns: Any) -> Reading:
        raw = table({**self.COLUMNS, **columns})
        return infer_schema(raw, "o.csv", ask, "orders", SchemaHints(columns=declared)).reading

    def refused(
        self, table: Tables, ask: Ask, declared: Columns | None = None, **columns: Any
    ) -> str:
        with pytest.raises(SourceError) as caught:
            self.understood(table, ask, declared or Columns(), **columns)
        return str(caught.value)

    def test_two_orders_of_day_and_month(self, table: Tables, ask: Ask) -> None:
        message = self.refused(table, ask, date=["03/04/2026", "03/05/2026", "04/05/2026"])
        assert message.startswith("o.csv, column 'date' (ordered_at): '03/04/2026' could be")
        assert "as dd/mm/yyyy or as mm/dd/yyyy" in message
        assert '[source] date_format = "%d/%m/%Y" or date_format = "%m/%d/%Y"' in message

    def test_two_decimal_marks(self, table: Tables, ask: Ask) -> None:
        message = self.refused(table, ask, total=["1,234", "5,678", None])
        assert "column 'total' (amount): '1,234' could be written with a decimal" in message
        assert '[source] decimal = "." or decimal = ","' in message

    @pytest.mark.parametrize(
        ("column", "values", "told"),
        [
            ("date", ["soon", "later", "2026-01-31"], "(ordered_at)"),
            ("total", ["a lot", "little", "5"], "(amount)"),
        ],
    )
    def test_fewer_than_half_can_be_read(
        self, table: Tables, ask: Ask, column: str, values: list[str], told: str
    ) -> None:
        message = self.refused(table, ask, None, **{column: values})
        assert f"o.csv, column '{column}' {told}: fewer than half of its values" in message
        assert f"and not {min(values[:2])!r}" in message

    @pytest.mark.parametrize("column", ["date", "total"])
    def test_a_column_without_a_value(self, table: Tables, ask: Ask, column: str) -> None:
        message = self.refused(table, ask, None, **{column: ["", "NULL", ""]})
        assert f"o.csv, column '{column}' (" in message
        assert "has no value in any row. Name another column in [columns]" in message

    def test_half_is_enough(self, table: Tables, ask: Ask) -> None:
        reading = self.understood(table, ask, Columns(), total=["1.5", "?", "2"])
        assert reading.column("total").kind == "number"

    def test_a_declared_column_of_another_type(self, table: Tables, ask: Ask) -> None:
        declared = Columns(amount="flags")
        message = self.refused(table, ask, declared, flags=pa.array([True, False, True]))
        assert "column 'flags' (amount) is of type boolean and no number" in message

    def test_dates_as_whole_numbers_if_declared(self, table: Tables, ask: Ask) -> None:
        days = pa.array([20260131, 20260201, 20260228])
        reading = self.understood(table, ask, Columns(ordered_at="day"), day=days)
        assert reading.column("day").formats[0] == "%Y%m%d"
        message = self.refused(table, ask, Columns(ordered_at="day"), day=pa.array([1, 2, 3]))
        assert "can be read as a date" in message

    def test_attributes_are_numbers_even_if_half_are_bad(self, table: Tables, ask: Ask) -> None:
        raw = table({"id": ["a", "b"], "code": ["1", "?"], "town": ["x", "y"]})

        def kind(attribute: str) -> str:
            understood = infer_schema(
                raw, "c.csv", ask, "customers", SchemaHints(attributes=[attribute])
            )
            return understood.reading.column(attribute).kind

        assert kind("code") == "number"
        with pytest.raises(SourceError, match=r"'town' \(attribute\).*\[features\] attributes"):
            kind("town")

    def test_a_note_says_how_dates_and_numbers_were_read(self, table: Tables, ask: Ask) -> None:
        raw = table({**self.COLUMNS, "date": ["31.1.2026"] * 3, "total": ["1,5"] * 3})
        notes = infer_schema(raw, "o.csv", ask, "orders", SchemaHints()).notes
        assert notes[1:] == (
            "orders: dates read as dd.mm.yyyy",
            "orders: numbers read with a decimal comma",
        )

    def test_a_reading_survives_json(self, table: Tables, ask: Ask) -> None:
        reading = self.understood(table, ask, Columns())
        assert Reading.from_dict(reading.to_dict()) == reading
