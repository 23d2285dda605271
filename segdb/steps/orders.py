"""Orders: every row judged, and one row of aggregates a customer."""

from __future__ import annotations

from dataclasses import dataclass

import ibis.expr.types as ir

from segdb.features.catalogue import Catalogue
from segdb.reading import Reading
from segdb.settings import Settings
from segdb.stages import clean
from segdb.stages import features as stage
from segdb.stages.chain import Recipe
from segdb.stages.source import typed
from segdb.steps.account import Judged
from segdb.steps.append import aggregated_again, checked
from segdb.steps.one_row import counted_by_rows, may_be_one_row
from segdb.steps.progress import Progress
from segdb.store.duckdb import DuckDB
from segdb.store.readers import Raw


@dataclass(frozen=True)
class Held:
    """What is held from an earlier run.

    Attributes:
        catalogue: the features of its model.
        aggregates: of its orders, one row a customer; None where all are to be made anew.
    """

    catalogue: Catalogue
    aggregates: ir.Table | None


def judge_orders(
    store: DuckDB,
    settings: Settings,
    recipe: Recipe,
    source: tuple[Raw, Reading],
    catalogue: Catalogue,
    progress: Progress,
    held: Held | None,
) -> Judged:
    """Judge the rows of the orders, and aggregate them by customer in the same pass.

    Args:
        store: where the orders are.
        settings: the watermark, and whether rows may be counted for orders by a sample.
        recipe: how they are cleaned.
        source: the orders, and how their columns are read.
        catalogue: the features wanted of them.
        progress: who hears of it.
        held: what an earlier run gave already.
    """
    raw, reading = source[0], stage.narrowed(source[1], catalogue)
    rules = recipe.rules["orders"]
    watermark = checked(settings.source.watermark, raw, reading)

    def judged(name: str, table: ir.Table) -> ir.Table:
        rows = store.view(f"{name}_typed", typed(table, reading))
        return store.view(name, clean.judged_orders(rows, reading, rules))

    rows = counting = judged("segdb_orders", raw.table)
    if watermark and held and held.aggregates is not None:
        counts = aggregated_again(
            store,
            held.aggregates,
            raw,
            rows,
            reading,
            catalogue,
            watermark,
            rules,
            progress,
            deduplicate=recipe.deduplicate,
        )
        if counts is not None:
            return Judged(raw, rows, reading, counts, unfolded=recipe.deduplicate)
    if recipe.deduplicate:
        counting = judged("segdb_orders_once", clean.deduplicated(raw.table))

    def aggregated(*, one_row: bool) -> ir.Table:
        per_customer = stage.per_customer(
            counting, catalogue, reading, one_row=one_row, watermark=watermark
        )
        return store.table("segdb_per_customer", per_customer)

    counts = None
    if settings.features.sampled_orders and may_be_one_row(
        store, raw, rows, reading, catalogue, deduplicate=recipe.deduplicate
    ):
        counts = counted_by_rows(store, aggregated(one_row=True), progress)
    counts = aggregated(one_row=False) if counts is None else counts
    return Judged(raw, rows, reading, counts, unfolded=recipe.deduplicate)
