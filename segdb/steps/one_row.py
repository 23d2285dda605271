"""One row: whether each order is one row, so that rows may be counted for orders.

To count distinct orders costs about four times the rest of the GROUP BY. Where a large source has
one row an order, counting its rows gives the same. The pass that counts rows also tells the orders
of some customers apart, for next to nothing; where those are of one row each, the count is taken.
"""

from __future__ import annotations

import ibis.expr.types as ir

from segdb.features.catalogue import REGISTRY, Catalogue
from segdb.reading import Reading
from segdb.stages import clean
from segdb.stages.features import WATCHED, rows_an_order, watched
from segdb.steps.progress import Progress
from segdb.store.duckdb import DuckDB
from segdb.store.readers import Raw

# Below, distinct orders are counted in a moment, and nothing has to be assumed.
LARGE = 2_000_000
# Order lines lie together: a look at the head spares a pass that would be in vain.
_HEAD = 100_000
# Fewer customers who are watched would tell too little of the others: at most 1 % then differ.
_FEWEST = 300


def may_be_one_row(
    store: DuckDB,
    raw: Raw,
    rows: ir.Table,
    reading: Reading,
    catalogue: Catalogue,
    *,
    deduplicate: bool,
) -> bool:
    """Judge by the head of a source whether to count rows for orders.

    Args:
        store: where the orders are.
        raw: the orders as they were read.
        rows: the same, judged.
        reading: how their columns are read.
        catalogue: the features wanted of them.
        deduplicate: whether rows equal in every column count once.

    Returns:
        False wherever it is not worth it: nobody counts orders, or the source is small.
    """
    counting = any("orders" in REGISTRY[e.name].aggregates for e in catalogue.of("orders"))
    if not counting or not raw.stored or "order_id" not in reading.roles:
        return False
    if store.rows(raw.table.agg(n=raw.table.count()))[0]["n"] < LARGE:
        return False
    head = rows.limit(_HEAD)
    head = clean.folded(head) if deduplicate else head
    return bool(store.rows(rows_an_order(head))[0]["most"] == 1)


def counted_by_rows(store: DuckDB, counts: ir.Table, progress: Progress) -> ir.Table | None:
    """Return the aggregates of rows counted for orders, if those who were watched bear it out.

    Args:
        store: where they are.
        counts: what ``per_customer`` gave with ``one_row``.
        progress: hears that rows are counted for orders, and on what grounds.

    Returns:
        The aggregates without what was watched; None where an order is of several rows, or too
        few customers were watched.
    """
    found = store.rows(watched(counts))[0]
    if found["customers"] < _FEWEST or found["rows"] != found["orders"]:
        return None
    most = 3 / found["customers"]  # the rule of three, for 95 %
    progress.note(
        f"Each of the {found['orders']:,} orders of {found['customers']:,} sampled customers is "
        f"one row, so rows are counted for orders; at most {most:.3%} of the customers can have "
        "an order of more (95 % sure)."
    )
    return counts.select(*(name for name in counts.columns if name != WATCHED))
