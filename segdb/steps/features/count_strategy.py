"""Chooses how orders are counted and duplicate rows are found, by the size and head of a source.

Exact counts cost many times the rest of the GROUP BY. Where each order is one row, counting rows
gives the same; elsewhere lists of a customer's orders do. The GROUP BY itself confirms it: it lists
the order ids of some customers, or counts the rows of each that differ, and customers with possible
duplicates alone are aggregated again.
"""

from __future__ import annotations

import ibis.expr.types as ir

from segdb.engines.protocol import Database
from segdb.expressions import count_strategy as stage
from segdb.expressions import incremental as append
from segdb.expressions.count_strategy import (
    EXACT,
    LISTED,
    SAMPLED_ROWS,
    UNIQUE_LINES,
    UNIQUE_ROWS,
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
_COPIES = {UNIQUE_ROWS: 0.005, UNIQUE_LINES: 0.0005}


def choose_strategy(how: Aggregation, rows: ir.Table, *, sampled: bool) -> CountStrategy:
    """Choose by the size and the head of a source how orders are counted and duplicates found.

    Args:
        how: what is done with the rows of the orders.
        rows: the orders, validated.
        sampled: whether a sample is reason enough to count rows instead of orders, where
            duplicate rows are kept.
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
        return (SAMPLED_ROWS if sampled else UNIQUE_ROWS) if one_row else LISTED
    way = UNIQUE_ROWS if one_row else UNIQUE_LINES
    copied = store.rows(stage.copies(head))[0]
    return way if (copied["copies"] or 0) <= _COPIES[way] * copied["rows"] else EXACT


def aggregated(
    how: Aggregation, rows: ir.Table, way: CountStrategy, progress: Progress
) -> tuple[ir.Table, ir.Table | None]:
    """Aggregate the orders by customer.

    Args:
        how: what is done with the rows of the orders.
        rows: the orders, validated.
        way: how orders are counted, and duplicates found, if the GROUP BY confirms it.
        progress: receives a note where rows are counted as orders.

    Returns:
        The aggregates; and ``customer_id`` of all who may have equal rows, None for anyone.
    """
    store = how.store
    aggregates = duplicates = None
    if way.extra == "unique":
        counts = store.fitting("segdb_unique_rows", how.per_customer(rows, way))
        if counts is not None:
            duplicates = store.table("segdb_duplicates", stage.with_duplicates(counts))
            aggregates = corrected(how, counts, duplicates)
    elif way.extra == "sampled":
        counts = store.table("segdb_per_customer", how.per_customer(rows, way))
        aggregates = validate_sample(store, counts, progress)
    if aggregates is not None:
        return aggregates, duplicates
    once = how.all_once("segdb_orders_once")
    if way != EXACT and not how.deduplicate:
        aggregates = store.fitting("segdb_per_customer", how.per_customer(once, LISTED))
    if aggregates is None:
        aggregates = store.table("segdb_per_customer", how.per_customer(once))
    return aggregates, None


def validate_sample(store: Database, counts: ir.Table, progress: Progress) -> ir.Table | None:
    """Return the aggregates of rows counted for orders, if the sampled customers confirm it.

    Args:
        store: where they are.
        counts: what ``per_customer`` gave with ``SAMPLED_ROWS``.
        progress: receives a note that rows are counted as orders, and why.

    Returns:
        The aggregates without the sample; None where an order is of several rows, or too
        few customers were sampled.
    """
    sample = store.rows(stage.sampled_counts(counts))[0]
    if sample["customers"] < _FEWEST or sample["rows"] != sample["orders"]:
        return None
    most = 3 / sample["customers"]  # the rule of three, for 95 %
    progress.note(
        f"Each of the {sample['orders']:,} orders of {sample['customers']:,} sampled customers is "
        f"one row, so rows are counted for orders; at most {most:.3%} of the customers can have "
        "an order of more (95 % sure)."
    )
    return counts.select(*(name for name in counts.columns if name != stage.SAMPLED))


def corrected(how: Aggregation, counts: ir.Table, duplicates: ir.Table) -> ir.Table | None:
    """Return the aggregates of all customers, those with possible duplicates aggregated again.

    Args:
        how: what is done with the rows of the orders.
        counts: what ``per_customer`` gave with ``UNIQUE_ROWS`` or ``UNIQUE_LINES``.
        duplicates: the customers with possible duplicates, see ``with_duplicates``.

    Returns:
        None where their rows are so many that all may as well be aggregated again.
    """
    store, stay = how.store, stage.without_duplicates(counts)
    number, of = (
        int(store.rows(t.agg(n=t.read_rows.sum()))[0]["n"] or 0) for t in (duplicates, counts)
    )
    if number > _MOST * of:
        return None
    if number:
        again = how.rows_of("segdb_duplicates_rows", duplicates)
        theirs = how.once("segdb_duplicates_once", again)
        fresh = store.table("segdb_aggregated_again", how.per_customer(theirs))
        stay = append.together(stay, fresh)
    return store.view("segdb_all_customers", stay)
