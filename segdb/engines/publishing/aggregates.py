"""Aggregates: those of a run's orders, kept for the next refresh."""

from __future__ import annotations

import re
from dataclasses import dataclass

import ibis.expr.types as ir

from segdb.engines.protocol import Database
from segdb.engines.publishing.run_archive import archive_schema

_AGGREGATES = "customer_orders"


@dataclass(frozen=True)
class Aggregates:
    """Aggregates of the orders, for the next refresh to go on from.

    Attributes:
        orders: one row a customer.
        changed: where they were made of the last run's, what is other in them.
    """

    orders: ir.Table
    changed: Changed | None = None


@dataclass(frozen=True)
class Changed:
    """What of the aggregates is other than in an earlier run.

    Attributes:
        run_id: the run.
        touched: (customer_id) of all who have new rows; NULL for rows without an id.
        fresh: their aggregates.
    """

    run_id: int
    touched: ir.Table
    fresh: ir.Table


def keep_aggregates(
    store: Database, schema: str, run_id: int, aggregates: Aggregates | None
) -> None:
    """Keep the aggregates of a run's orders for the next refresh, in the place of the last run's.

    Of those that were made of the last run's, the customers with new rows alone are written.

    Args:
        store: in the middle of a publish.
        schema: where the published tables are.
        run_id: the run.
        aggregates: of its orders; None to keep none.
    """
    archive, name = archive_schema(schema), f"{_AGGREGATES}_{run_id}"
    changed = None if aggregates is None else aggregates.changed
    before = None if changed is None else f"{_AGGREGATES}_{changed.run_id}"
    there = [
        table
        for own, table in store.tables()
        if own.lower() == archive.lower() and re.fullmatch(rf"{_AGGREGATES}_\d+", table)
    ]
    # On a cluster rows are never changed: there a table is written whole in any case.
    in_place = before in there and store.dialect in ("duckdb", "postgres")
    for table in there:
        if table != before or not in_place:
            store.drop(archive, table)
    if changed is not None and before is not None and in_place:
        store.rename(archive, before, name)
        _replace_customers(store, archive, name, changed)
    elif aggregates is not None:
        store.make_schema(archive)
        store.write_table(archive, name, store.compile(aggregates.orders))


def _replace_customers(store: Database, schema: str, name: str, changed: Changed) -> None:
    touched = changed.touched
    ids = store.compile(touched.filter(touched.customer_id.notnull()))
    condition = f"customer_id IN ({ids})"
    if store.rows(touched.filter(touched.customer_id.isnull())):
        condition += " OR customer_id IS NULL"
    store.delete(schema, name, condition)
    store.append(schema, name, changed.fresh.columns, store.compile(changed.fresh))


def kept_aggregates(store: Database, schema: str, run_id: int) -> ir.Table | None:
    """Return the aggregates of the orders of a run; None where they are not kept."""
    name = f"{_AGGREGATES}_{run_id}"
    there = store.kinds(archive_schema(schema)).get(name) == "table"
    return store.stored(archive_schema(schema), name) if there else None
