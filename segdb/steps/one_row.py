"""One row: whether each order is one row, so that rows may be counted for orders.

To tell orders apart, and rows that are equal in every column, costs many times the rest of the
GROUP BY. Where a large source has one row an order, counting its rows gives the same, for all
customers or for nearly all. The pass that counts rows shows for whom it does: it lists the ids of
some customers, for next to nothing; or it tells the ids of each customer apart, at twice the cost
of the pass, and only those with an id that is missing or there twice are looked at again.
"""

from __future__ import annotations

import ibis.expr.types as ir

from segdb.features.catalogue import REGISTRY
from segdb.stages import append, clean
from segdb.stages import one_row as stage
from segdb.steps.aggregation import Aggregation
from segdb.steps.progress import Progress
from segdb.store.duckdb import DuckDB

# Below, distinct orders are counted in a moment, and nothing has to be assumed.
LARGE = 2_000_000
# Order lines lie together: a look at the head spares a pass that would be in vain.
_HEAD = 100_000
# Fewer customers who are watched would tell too little of the others: at most 1 % then differ.
_FEWEST = 300
# Of the rows: to look again at more of them is not worth it.
_MOST = 0.3
# Of the orders in the head: with more copies most customers have one.
_COPIES = 0.005


def may_be_one_row(how: Aggregation, rows: ir.Table) -> bool:
    """Judge by the head of a source whether to count rows for orders.

    Args:
        how: what is done with the rows of the orders.
        rows: the orders, judged.

    Returns:
        False wherever it is not worth it: nobody counts orders, or the source is small.
    """
    store, raw, wanted = how.store, how.raw, how.catalogue.of("orders")
    counting = any("orders" in REGISTRY[entry.name].aggregates for entry in wanted)
    if not counting or not raw.stored or "order_id" not in how.reading.roles:
        return False
    if store.rows(raw.table.agg(n=raw.table.count()))[0]["n"] < LARGE:
        return False
    head = how.once("segdb_head", rows.limit(_HEAD))
    found = store.rows(stage.rows_an_order(head))[0]
    return bool(found["most"] == 1 and found["copies"] <= _COPIES * found["orders"])


def counted_by_rows(
    how: Aggregation, rows: ir.Table, progress: Progress, *, sampled: bool
) -> tuple[ir.Table | None, ir.Table | None]:
    """Aggregate the orders by customer, rows counted for orders wherever that is the same.

    Args:
        how: what is done with the rows of the orders.
        rows: the orders, judged.
        progress: hears on what grounds rows are counted for orders.
        sampled: whether a sample is ground enough, where rows that are equal count each.

    Returns:
        The aggregates, None where all customers have to be aggregated in another way; and
        ``customer_id`` of all who may have equal rows, None for anyone.
    """
    if sampled and not how.deduplicate:
        counts = how.store.table("segdb_per_customer", how.per_customer(rows, "rows"))
        return borne_out(how.store, counts, progress), None
    counts = how.store.table("segdb_by_row", how.per_customer(rows, "told rows"))
    alike = how.store.table("segdb_alike", stage.alike(counts))
    return corrected(how, rows, counts, alike), alike


def borne_out(store: DuckDB, counts: ir.Table, progress: Progress) -> ir.Table | None:
    """Return the aggregates of rows counted for orders, if those who were watched bear it out.

    Args:
        store: where they are.
        counts: what ``per_customer`` gave with ``rows``.
        progress: hears that rows are counted for orders, and on what grounds.

    Returns:
        The aggregates without what was watched; None where an order is of several rows, or too
        few customers were watched.
    """
    found = store.rows(stage.watched(counts))[0]
    if found["customers"] < _FEWEST or found["rows"] != found["orders"]:
        return None
    most = 3 / found["customers"]  # the rule of three, for 95 %
    progress.note(
        f"Each of the {found['orders']:,} orders of {found['customers']:,} sampled customers is "
        f"one row, so rows are counted for orders; at most {most:.3%} of the customers can have "
        "an order of more (95 % sure)."
    )
    return counts.select(*(name for name in counts.columns if name != stage.WATCHED))


def corrected(
    how: Aggregation, rows: ir.Table, counts: ir.Table, alike: ir.Table
) -> ir.Table | None:
    """Return the aggregates of all customers, those with rows that may be alike aggregated again.

    Args:
        how: what is done with the rows of the orders.
        rows: the orders, judged, copies and all.
        counts: what ``per_customer`` gave of them with ``told rows``.
        alike: those customers, as ``segdb.stages.one_row.alike`` gives them.

    Returns:
        None where their rows are so many that all may as well be aggregated again.
    """
    store, stay = how.store, stage.told_apart(counts)
    number, of = (int(store.rows(t.agg(n=t.read_rows.sum()))[0]["n"] or 0) for t in (alike, counts))
    if number > _MOST * of:
        return None
    if number:
        theirs = how.once("segdb_orders_alike", clean.rows_of(rows, alike))
        fresh = store.table("segdb_aggregated_again", how.per_customer(theirs))
        stay = append.together(stay, fresh)
    return store.view("segdb_all_customers", stay)
