"""Aggregate orders: every row validated, and one row of aggregates a customer."""

from __future__ import annotations

from dataclasses import dataclass, field

import ibis.expr.types as ir

from segdb.engines.protocol import Database
from segdb.engines.publishing.aggregates import Changed
from segdb.expressions.aggregate_orders import Bounds, narrowed
from segdb.features.catalogue import Catalogue
from segdb.steps.features.count_strategy import aggregated, choose_strategy
from segdb.steps.features.incremental import aggregated_again, checked
from segdb.steps.features.options import FeatureOptions
from segdb.steps.features.validate_orders import Aggregation
from segdb.steps.ingest.reconcile_rows import Before, ValidatedSource
from segdb.steps.ingest.resolve_columns import Sources, frozen, recipe_of
from segdb.steps.progress import Progress


@dataclass(frozen=True)
class ReusedAggregates:
    """What a refresh takes over from an earlier run.

    Attributes:
        catalogue: the features of its model.
        aggregates: of its orders, one row a customer; None where they are aggregated anew.
        rejected: (source, reason, row) of its rejected rows; None where they are looked for anew.
        run_id: the run.
        bounds: beyond which customers are left out, as in ``Recipe.within``.
    """

    catalogue: Catalogue
    aggregates: ir.Table | None
    rejected: ir.Table | None
    run_id: int
    bounds: Bounds = field(default_factory=dict)


def validate_orders(
    store: Database,
    options: FeatureOptions,
    sources: Sources,
    catalogue: Catalogue,
    progress: Progress,
    reused: ReusedAggregates | None,
) -> ValidatedSource:
    """Validate the rows of the orders, and aggregate them by customer in the same pass.

    Args:
        store: where the orders are.
        options: how they are cleaned, and may be counted; the watermark.
        sources: the sources, orders among them.
        catalogue: the features wanted of them.
        progress: receives messages and warnings.
        reused: what an earlier run gave already.
    """
    assert sources.orders is not None  # noqa: S101 - the caller asked first
    raw, whole_reading = sources.orders
    reading = narrowed(whole_reading, catalogue)
    recipe = frozen(recipe_of(options.clean, options.as_of, sources))
    watermark = checked(options.watermark, raw, reading)
    how = Aggregation(
        store,
        raw,
        reading,
        recipe.rules["orders"],
        catalogue,
        watermark,
        recipe.deduplicate,
        options.days,
    )
    rows = how.validated("segdb_orders")
    if watermark and reused and reused.aggregates is not None:
        merged = aggregated_again(how, reused.aggregates, rows, watermark, progress)
        if merged is not None:
            changed = Changed(reused.run_id, merged.touched, merged.fresh)
            before = Before(reused.rejected, changed, merged.how.rows_of)
            return ValidatedSource(
                raw,
                rows,
                reading,
                merged.counts,
                how.once,
                how.rows_of,
                whole_reading=whole_reading,
                before=before,
            )
    strategy = choose_strategy(how, rows, sampled=options.features.sampled_orders)
    counts, maybe_duplicates = aggregated(how, rows, strategy, progress)
    return ValidatedSource(
        raw, rows, reading, counts, how.once, how.rows_of, maybe_duplicates, whole_reading
    )
