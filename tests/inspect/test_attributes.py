"""Attributes: which columns describe a customer by a number."""

from __future__ import annotations

import pyarrow as pa

from segdb.inspect.attributes import NumericAttributes, numeric_attributes
from segdb.inspect.infer_schema import infer_schema
from segdb.inspect.schema_hints import SchemaHints
from segdb.inspect.value_patterns import Ask
from tests.inspect.conftest import Tables


def test_numbers_that_differ_between_customers(table: Tables, ask: Ask) -> None:
    rows = 40
    raw = table(
        {
            "customer_id": pa.array(range(1000, 1000 + rows)),
            "age": [str(20 + row % 30) for row in range(rows)],
            "income": pa.array([1.5 * row for row in range(rows)]),
            "born": pa.array([1950 + row % 25 for row in range(rows)]),
            "row_number": pa.array(range(rows)),
            "place": pa.array(reversed(range(rows))),
            "constant": ["3"] * rows,
            "flag": pa.array([row % 2 for row in range(rows)]),
            "agreed": pa.array([row % 2 == 0 for row in range(rows)]),
            "zip_code": pa.array([10_000 + 7 * row for row in range(rows)]),
            "town": ["a", "b"] * (rows // 2),
        }
    )
    reading = infer_schema(raw, "c.csv", ask, "customers", SchemaHints()).reading
    assert numeric_attributes(raw, reading, ask) == NumericAttributes(
        ("age", "income", "born", "flag"), ()
    )


def test_there_may_be_none(table: Tables, ask: Ask) -> None:
    raw = table({"customer_id": ["1", "2"], "town": ["a", "b"]})
    reading = infer_schema(raw, "c.csv", ask, "customers", SchemaHints()).reading
    assert numeric_attributes(raw, reading, ask) == NumericAttributes((), ())


def test_a_column_without_a_value_is_none(table: Tables, ask: Ask) -> None:
    raw = table({"customer_id": ["1", "2"], "income": pa.array([None, None], pa.float64())})
    reading = infer_schema(raw, "c.csv", ask, "customers", SchemaHints()).reading
    assert numeric_attributes(raw, reading, ask) == NumericAttributes((), ())


def test_integers_of_few_values_that_name_something_are_codes(table: Tables, ask: Ask) -> None:
    rows = 90
    raw = table(
        {
            "customer_id": [f"c{row}" for row in range(rows)],
            "Region": pa.array([1 + row % 3 for row in range(rows)]),
            "store_type": [str(row % 2) for row in range(rows)],
            "Channel": pa.array([1.5 + row % 3 for row in range(rows)]),
            "Branch": pa.array([100 + row % 30 for row in range(rows)]),
            "num_stores": pa.array([row % 4 for row in range(rows)]),
            "Kidhome": pa.array([row % 3 for row in range(rows)]),
        }
    )
    reading = infer_schema(raw, "c.csv", ask, "customers", SchemaHints()).reading
    assert numeric_attributes(raw, reading, ask) == NumericAttributes(
        ("Channel", "Branch", "num_stores", "Kidhome"), ("Region", "store_type")
    )
