"""Live views: the whole way from the source to segments, and to value, as one SELECT each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import ibis
import ibis.expr.types as ir

from segdb.contract import CUSTOMER_VALUE, VALUE_NODES
from segdb.contract.types import ibis_type
from segdb.engines.protocol import Database
from segdb.expressions.ctes import as_select
from segdb.expressions.scoring_chain import Recipe, chain, value_chain
from segdb.model import Model
from segdb.steps.ingest.resolve_columns import Sources


def live_select(
    store: Database, sources: Sources, recipe: Recipe, model: Model, run_id: int
) -> str | None:
    """Return the SELECT behind ``segments_live``; None where only Python can read the source."""
    return _selected(store, sources, chain(_raw(sources), recipe, model), run_id)


def live_value_select(
    store: Database, schema: str, sources: Sources, recipe: Recipe, model: Model, run_id: int
) -> str | None:
    """Return the SELECT behind ``customer_value_live``; None where only Python can read the source.

    Without a value model it has no row.
    """
    if any(s is not None and s[0].definition is None for s in (sources.orders, sources.customers)):
        return None
    if model.value is None or sources.orders is None:
        place = store.relation(schema, CUSTOMER_VALUE.name)
        return f"SELECT * FROM {place} WHERE 1 = 0"  # noqa: S608 - a name of the settings, quoted
    nodes = ibis.table(
        {column.name: ibis_type(column) for column in VALUE_NODES.columns},
        name=VALUE_NODES.name,
        database=schema,
    )
    return _selected(store, sources, value_chain(_raw(sources), recipe, model, nodes), run_id)


def _raw(sources: Sources) -> dict[str, ir.Table]:
    """Return the sources by name, as tables that the first CTEs read them into."""
    both = {"orders": sources.orders, "customers": sources.customers}
    return {
        name: ibis.table(source[0].table.schema(), name=f"{name}_read")
        for name, source in both.items()
        if source
    }


def _selected(
    store: Database, sources: Sources, stages: Mapping[str, ir.Table], run_id: int
) -> str | None:
    """Return stages as one SELECT of the last one, with the run."""
    both = {"orders_read": sources.orders, "customers_read": sources.customers}
    definitions = {name: source[0].definition for name, source in both.items() if source}
    *_, last = stages
    run = ibis.literal(run_id, "int64")
    ordered = {**stages, last: stages[last].mutate(run_id=run)}
    readable = {name: sql for name, sql in definitions.items() if sql is not None}
    if len(readable) < len(definitions):
        return None
    return as_select(ordered, readable, partial(store.compile, pretty=True), store.once)
