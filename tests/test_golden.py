"""The SQL that each stage compiles to, as files that a reviewer reads: ``make golden``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import ibis
import pytest

from segdb.expressions.scoring_chain import Recipe, chain
from segdb.expressions.validate import Rules
from segdb.features.catalogue import Catalogue, Entry
from segdb.model import Model, Parameters, Segment
from segdb.source_schema import ColumnReading, Reading
from segdb.sql import to_sql
from segdb.user_sql import UserSQL

GOLDEN = Path(__file__).resolve().parent.parent / "sql" / "compiled"

# The demo's sources, as segdb reads them.
ORDERS = ibis.schema(
    {
        "household_id": "int64",
        "basket_id": "int64",
        "transaction_timestamp": "timestamp(6)",
        "quantity": "int64",
        "sales_value": "float64",
        "department": "string",
    }
)
CUSTOMERS = ibis.schema({"household_id": "int64", "income": "float64"})


def _native(schema: ibis.Schema, roles: dict[str, str]) -> Reading:
    return Reading(tuple(ColumnReading(name, "native") for name in schema), roles)  # type: ignore[arg-type]


RECIPE = Recipe(
    readings={
        "orders": _native(
            ORDERS,
            {
                "customer_id": "household_id",
                "order_id": "basket_id",
                "ordered_at": "transaction_timestamp",
                "amount": "sales_value",
                "quantity": "quantity",
                "category": "department",
            },
        ),
        "customers": _native(CUSTOMERS, {"customer_id": "household_id"}),
    },
    rules={
        "orders": Rules(
            predicates=(
                UserSQL.parse("fuel", "department = 'FUEL'", where="clean.reject", aggregate=False),
            ),
            latest=datetime(2018, 1, 1),
        ),
        "customers": Rules(),
    },
    deduplicate=True,
    as_of=datetime(2018, 1, 1),
)
# Round numbers in the place of learned ones, so that the files change with the code alone.
MODEL = Model(
    catalogue=Catalogue(
        (
            Entry("recency_days", "orders"),
            Entry("frequency", "orders"),
            Entry("monetary", "orders"),
            Entry("days_between_orders", "orders"),
            Entry(
                "departments_per_basket",
                "sql",
                sql="count(DISTINCT department) / count(DISTINCT basket_id)",
            ),
            Entry("income", "attribute", "income"),
        )
    ),
    parameters=(
        Parameters("recency_days", 0, None, 4.0, 0.0, 200.0, "log1p", 1.5, 1.25),
        Parameters("frequency", 1, None, 50.0, 1.0, 250.0, "log1p", 4.0, 1.0),
        Parameters("monetary", 2, None, 1000.0, 10.0, 8000.0, "log1p", 7.0, 1.0),
        Parameters("days_between_orders", 3, None, 5.0, 1.0, 60.0, "log1p", 2.0, 0.75),
        Parameters("departments_per_basket", 4, None, 0.5, 0.125, 4.0, "none", 0.5, 0.25),
        Parameters("income", None, "describes only", 60.0, None, None, "none", 0.0, 1.0),
    ),
    segments=(
        Segment(1, "Champions", (-1.0, 1.0, 1.0, -1.0, 0.5)),
        Segment(2, "Hibernating", (1.0, -1.0, -1.0, 1.0, -0.5)),
        Segment(3, "Need Attention", (0.25, 0.0, 0.0, 0.0, 0.0)),
    ),
    score_edges={},
)
RAW = {
    "orders": ibis.table(ORDERS, name="orders"),
    "customers": ibis.table(CUSTOMERS, name="customers"),
}
STAGES = {
    f"{place:02d}_{name}": expression
    for place, (name, expression) in enumerate(chain(RAW, RECIPE, MODEL).items(), start=1)
}


@pytest.mark.parametrize("stage", STAGES)
def test_compiled_sql_is_the_golden_file(stage: str, rewrite_golden: bool) -> None:
    sql = to_sql(STAGES[stage]) + "\n"
    path = GOLDEN / f"{stage}.sql"
    if rewrite_golden:
        GOLDEN.mkdir(parents=True, exist_ok=True)
        path.write_bytes(sql.encode())
    assert path.read_bytes().decode() == sql, "make golden rewrites it; read the difference"


def test_no_golden_file_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.glob("*.sql")} == set(STAGES)
