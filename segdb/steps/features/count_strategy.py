"""Telling: a large source's orders counted, and its equal rows found, without a fold of all rows.

To tell orders apart, and rows that are equal in every column, costs many times the rest of the
GROUP BY. Where a large source has one row an order, counting its rows gives the same, for all
customers or for nearly all; elsewhere lists of a customer's orders and rows do. The pass itself
shows for whom it does: it lists the ids of some customers, for next to nothing; or it tells the
rows of each customer apart, and only those with two that may be equal are looked at again.
"""

from __future__ import annotations

import ibis.expr.types as ir

from segdb.engines.duckdb.database import DuckDB
from segdb.expressions import count_strategy as stage
from segdb.expressions import incremental as append
from segdb.expressions.count_strategy import (
    EXACT,
    LISTED,
    TOLD_LINES,
    TOLD_ROWS,
    WATCHED_ROWS,
    CountStrategy,
)
from segdb.features.catalogue import REGISTRY
from segdb.steps.features.validate_orders import Aggregation
from segdb.steps.progress import Progress

# Below, distinct orders are counted in a moment, and nothing has to be assumed.
LARGE = 2_000_000
# Order lines lie together, and so do many copies: what a look at the head shows.
_HEAD = 100_000
# Fewer customers who are watched would tell too little of the others: at most 1 % then differ.
_FEWEST = 300
# Of the rows in the head: a list of so many of one customer takes longer to tell apart than it
# saves, and may not fit into the memory.
_HEAVIEST = 0.05
# Of the rows: where more are to be looked at again, all may as well be folded.
_MOST = 0.6
# Of the rows in the head: with more copies most customers have one. Who buys single orders has
# tens of them, who fills a basket may have hundreds of lines.
_COPIES = {TOLD_ROWS: 0.005, TOLD_LINES: 0.0005}


def choose_strategy(how: Aggregation, rows: ir.Table, *, sampled: bool) -> CountStrategy:
    """Judge by the size and the head of a source how its orders are counted, and copies found.

    Args:
        how: what is done with the rows of the orders.
        rows: the orders, judged.
        sampled: whether a sample is ground enough to count rows for orders, where rows that are
            equal count each.
    """
    store, raw, wanted = how.store, how.raw, how.catalogue.of("orders")
    counting = any("orders" in REGISTRY[entry.name].aggregates for entry in wanted)
    if not raw.stored or not (counting or how.deduplicate):
        return EXACT
    if store.rows(raw.table.agg(n=raw.table.count()))[0]["n"] < LARGE:
        return EXACT
    # A view, looked at three times for little: a table written so soon behind text that was read
    # has DuckDB write that text anew, for seconds.
    head = how.once("segdb_head", rows.limit(_HEAD))
    if (store.rows(stage.heaviest(head))[0]["share"] or 0) > _HEAVIEST:
        return EXACT
    known = counting and "order_id" in how.reading.roles
    one_row = known and store.rows(stage.rows_an_order(head))[0]["most"] == 1
    if not how.deduplicate:
        return (WATCHED_ROWS if sampled else TOLD_ROWS) if one_row else LISTED
    way = TOLD_ROWS if one_row else TOLD_LINES
    found = store.rows(stage.copies(head))[0]
    return way if (found["copies"] or 0) <= _COPIES[way] * found["rows"] else EXACT


def aggregated(
    how: Aggregation, rows: ir.Table, way: CountStrategy, progress: Progress
) -> tuple[ir.Table, ir.Table | None]:
    """Aggregate the orders by customer.

    Args:
        how: what is done with the rows of the orders.
        rows: the orders, judged.
        way: how orders are counted, and copies found, if the pass bears it out.
        progress: hears on what grounds rows are counted for orders.

    Returns:
        The aggregates; and ``customer_id`` of all who may have equal rows, None for anyone.
    """
    store = how.store
    found = alike = None
    if way.beside == "told":
        counts = store.fitting("segdb_told", how.per_customer(rows, way))
        if counts is not None:
            alike = store.table("segdb_alike", stage.alike(counts))
            found = corrected(how, counts, alike)
    elif way.beside == "watched":
        counts = store.table("segdb_per_customer", how.per_customer(rows, way))
        found = validate_sample(store, counts, progress)
    if found is not None:
        return found, alike
    once = how.all_once("segdb_orders_once")
    if way != EXACT and not how.deduplicate:
        found = store.fitting("segdb_per_customer", how.per_customer(once, LISTED))
    if found is None:
        found = store.table("segdb_per_customer", how.per_customer(once))
    return found, None


def validate_sample(store: DuckDB, counts: ir.Table, progress: Progress) -> ir.Table | None:
    """Return the aggregates of rows counted for orders, if those who were watched bear it out.

    Args:
        store: where they are.
        counts: what ``per_customer`` gave with ``WATCHED_ROWS``.
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


def corrected(how: Aggregation, counts: ir.Table, alike: ir.Table) -> ir.Table | None:
    """Return the aggregates of all customers, those with rows that may be alike aggregated again.

    Args:
        how: what is done with the rows of the orders.
        counts: what ``per_customer`` gave with ``TOLD_ROWS`` or ``TOLD_LINES``.
        alike: those customers, as ``segdb.expressions.count_strategy.alike`` gives them.

    Returns:
        None where their rows are so many that all may as well be aggregated again.
    """
    store, stay = how.store, stage.without_duplicates(counts)
    number, of = (int(store.rows(t.agg(n=t.read_rows.sum()))[0]["n"] or 0) for t in (alike, counts))
    if number > _MOST * of:
        return None
    if number:
        theirs = how.once("segdb_alike_once", how.rows_of("segdb_alike_rows", alike))
        fresh = store.table("segdb_aggregated_again", how.per_customer(theirs))
        stay = append.together(stay, fresh)
    return store.view("segdb_all_customers", stay)
