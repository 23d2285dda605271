"""Lists: how many customers a filter finds, what they bring, and the customers themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from segdb.errors import UserError, command
from segdb.web.filters import VALUE_COLUMNS, ListFilter, read_filter
from segdb.web.run_view import RunView


def filter_of(run: RunView, given: Iterable[tuple[str, str]]) -> ListFilter:
    """Return the filter that pairs of name and value stand for.

    Raises:
        UserError: a name or a value is none.
    """
    segments = {s.row["segment_id"]: s.row["segment"] for s in run.segments}
    value = has_value(run)
    return read_filter(given, run.features, segments, run.schema, value=value)


def has_value(run: RunView) -> bool:
    """Whether there is customer value."""
    return {"expected_value", "expected_orders", "p_alive"} <= run.columns.get(
        "customer_value", frozenset()
    )


def value_fields(run: RunView) -> dict[str, str]:
    """Return the columns of customer value that have values, and what they are called."""
    if not has_value(run):
        return {}
    counts = ", ".join(f"count({name}) AS {name}" for name in VALUE_COLUMNS)
    sql = f"SELECT {counts} FROM segdb.customer_value"  # noqa: S608 - names of the contract
    row = run.once("value_fields", lambda: run.rows(sql)[0])
    return {name: label for name, label in VALUE_COLUMNS.items() if row[name]}


def totals(run: RunView, chosen: ListFilter) -> dict[str, Any]:
    """Return how many customers are on the list, and what they bring."""
    row: dict[str, Any] = run.snapshot.select(chosen.totals_sql).to_pylist()[0]
    return row


def rows_of(run: RunView, chosen: ListFilter, most: int) -> pa.Table:
    """Return the customers of a list.

    Raises:
        UserError: there are more than ``most``.
    """
    count = totals(run, chosen)["customers"]
    if count > most:
        raise UserError(
            f"The list has {count:,} customers, and {most:,} are sent at most. Narrow it, or run "
            f"its SQL with {command('query')}."
        )
    return run.snapshot.select(chosen.rows_sql)
