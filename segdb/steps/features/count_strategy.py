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

# Of rows: below, an exact count of distinct orders is quick enough.
LARGE = 2_000_000
# Lines of an order, and copies of a row, are often next to each other: the head shows them.
_HEAD = 100_000
# Sampled customers: with fewer, more than 1 % of the others could have orders of several rows.
_FEWEST = 300
# Of the rows in the head: where one customer has more, lists of orders take longer than exact
# counts, and may not fit into memory.
_HEAVIEST = 0.05
# Of the rows: where more would be aggregated again, all of them are.
_MOST = 0.6
# The largest share of copies in the head. Of a source with a row an order a customer has tens of
# rows; of one with order lines hundreds, so that fewer copies already touch most customers.
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
    strategy = UNIQUE_ROWS if one_row else UNIQUE_LINES
    copied = store.rows(stage.copies(head))[0]
    return strategy if (copied["copies"] or 0) <= _COPIES[strategy] * copied["rows"] else EXACT


def aggregated(
    how: Aggregation, rows: ir.Table, strategy: CountStrategy, progress: Progress
) -> tuple[ir.Table, ir.Table | None]:
    """Aggregate the orders by customer.

    Args:
        how: what is done with the rows of the orders.
        rows: the orders, validated.
        strategy: how orders are counted, and duplicates found, if the GROUP BY confirms it.
        progress: receives a note where rows are counted as orders.

    Returns:
        The aggregates; and ``customer_id`` of all who may have equal rows, None if any may.
    """
    store = how.store
    aggregates = duplicates = None
    if strategy.extra == "unique":
        counts = store.fitting("segdb_unique_rows", how.per_customer(rows, strategy))
        if counts is not None:
            duplicates = store.table("segdb_duplicates", stage.with_duplicates(counts))
            aggregates = corrected(how, counts, duplicates)
    elif strategy.extra == "sampled":
        counts = store.table("segdb_per_customer", how.per_customer(rows, strategy))
        aggregates = validate_sample(store, counts, progress)
    if aggregates is not None:
        return aggregates, duplicates
    once = how.all_once("segdb_orders_once")
    if strategy != EXACT and not how.deduplicate:
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
        duplicate_rows = how.rows_of("segdb_duplicates_rows", duplicates)
        folded = how.once("segdb_duplicates_once", duplicate_rows)
        fresh = store.table("segdb_aggregated_again", how.per_customer(folded))
        stay = append.together(stay, fresh)
    return store.view("segdb_all_customers", stay)
