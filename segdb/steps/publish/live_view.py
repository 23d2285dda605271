"""Live view: the whole way from the source to the segments as one SELECT, for a view."""

from __future__ import annotations

from functools import partial

import ibis

from segdb.engines.protocol import Database
from segdb.expressions.ctes import as_select
from segdb.expressions.scoring_chain import Recipe, chain
from segdb.model import Model
from segdb.steps.ingest.resolve_columns import Sources


def live_select(
    store: Database, sources: Sources, recipe: Recipe, model: Model, run_id: int
) -> str | None:
    """Return the SELECT behind ``segments_live``; None where only Python can read the source."""
    read_as = {"orders_read": sources.orders, "customers_read": sources.customers}
    definitions = {name: source[0].definition for name, source in read_as.items() if source}
    raw = {
        name.removesuffix("_read"): ibis.table(source[0].table.schema(), name=name)
        for name, source in read_as.items()
        if source
    }
    stages = chain(raw, recipe, model)
    labelled = stages.pop("segments")
    stages["segments"] = labelled.mutate(run_id=ibis.literal(run_id, "int64"))
    readable = {name: sql for name, sql in definitions.items() if sql is not None}
    return (
        as_select(stages, readable, partial(store.compile, pretty=True), store.once)
        if len(readable) == len(definitions)
        else None
    )
