"""Aggregate orders: one GROUP BY over the orders, and the features from what it gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import ibis
import ibis.expr.types as ir

from segdb.expressions.count_strategy import EXACT, CountStrategy, extra_aggregates
from segdb.expressions.incremental import highest
from segdb.expressions.order_days import order_days, spans
from segdb.expressions.typed_source import value
from segdb.expressions.validate import ONLY_RETURNS, arguments
from segdb.features.catalogue import REGISTRY, Catalogue
from segdb.features.feature import SECONDS_A_DAY, Aggregates, Orders
from segdb.source_schema import Reading, Role

# By feature, in natural units; one of the two at least is a number.
Bounds = Mapping[str, tuple[float | None, float | None]]
# What the accounts and the default as_of need, whichever features are chosen.
_ALWAYS: Aggregates = {
    "kept_rows": lambda o: o.table.count(where=o.kept),
    "last_order_at": lambda o: o.table.ordered_at.max(where=o.bought),
}
# Cubes of larger numbers would overflow where their skewness is measured.
HUGE = 1e100
# What cleaning judges every row by.
_JUDGED: frozenset[Role] = frozenset(
    ("customer_id", "ordered_at", "amount", "quantity", "unit_price")
)


def narrowed(reading: Reading, catalogue: Catalogue) -> Reading:
    """Return the reading of the orders with those roles alone that the features look at.

    A column that no feature reads is then neither decoded nor trimmed by the one pass: DuckDB
    makes a join of the look-up of the tokens for "missing", and cannot leave out what it joins.
    """
    features = [REGISTRY[entry.name] for entry in catalogue.of("orders")]
    roles = _JUDGED.union(*(feature.roles for feature in features))
    if reading.amount_of_order or any("orders" in feature.aggregates for feature in features):
        roles |= {"order_id"}
    return replace(reading, roles={r: c for r, c in reading.roles.items() if r in roles})


def per_customer(
    orders: ir.Table,
    catalogue: Catalogue,
    reading: Reading,
    *,
    strategy: CountStrategy = EXACT,
    watermark: str | None = None,
    unassigned: bool = False,
) -> ir.Table:
    """Aggregate validated order rows to one row a customer: the one pass over the orders.

    Rejected rows go in as well, so that the same pass counts them: they are in ``read_rows`` and
    nowhere else, and the row whose ``customer_id`` is NULL holds those without an id.

    Args:
        orders: validated rows.
        catalogue: the features wanted.
        reading: how the source's columns are read.
        strategy: how orders are counted, and what else goes into the pass.
        watermark: what never falls as the source grows; its highest becomes ``high_mark``.
        unassigned: whether the amounts of rows without a customer are added up as well, in
            ``unassigned`` of the row whose ``customer_id`` is NULL.
    """
    kept = orders.reason.isnull()
    counting = "rows" if reading.rows_are_orders else strategy.counting
    given = Orders(orders, kept, kept & ~orders.returned, counting)
    wanted: Aggregates = dict(_ALWAYS)
    for entry in catalogue.of("orders"):
        wanted = {**wanted, **REGISTRY[entry.name].aggregates}
    read = orders.copies.sum() if "copies" in orders.columns else orders.count()
    aggregates = {"read_rows": read.cast("int64")}
    aggregates |= {name: aggregate(given) for name, aggregate in wanted.items()}
    aggregates |= {
        _own(sql.name): sql.aggregated(kept, arguments(orders, reading, sql))
        for sql in catalogue.user_sql()
    }
    aggregates |= extra_aggregates(orders, reading, given.bought, strategy)
    if watermark is not None:
        aggregates["high_mark"] = highest(orders, reading, watermark)
    if unassigned:
        # Copies of a row without a customer are all rejected for that, and count each.
        each = orders.amount * orders.copies if "copies" in orders.columns else orders.amount
        aggregates["unassigned"] = each.sum(where=orders.customer_id.isnull())
    return orders.group_by("customer_id").agg(**aggregates)


def with_spans(grouped: ir.Table, orders: ir.Table) -> ir.Table:
    """Add the columns of ``segdb.expressions.order_days.spans``, by a second GROUP BY.

    Args:
        grouped: what ``per_customer`` gave.
        orders: of which.
    """
    by_day = spans(order_days(orders)).rename(span_id="customer_id")
    both = grouped.left_join(by_day, grouped.customer_id == by_day.span_id)
    return both.select(*grouped.columns, *(name for name in by_day.columns if name != "span_id"))


def totals(customers: ir.Table) -> ir.Table:
    """Return one row of accounts over ``per_customer``, and the moment of the last order."""
    return customers.agg(
        read_rows=customers.read_rows.sum(),
        kept_rows=customers.kept_rows.sum(),
        last_order_at=customers.last_order_at.max(),
    )


def without_orders(customers: ir.Table) -> ir.Table:
    """Return (customer_id, reason) of those who only gave back."""
    only = customers.filter(customers.last_order_at.isnull() & (customers.kept_rows > 0))
    return only.select(customer_id=only.customer_id, reason=ibis.literal(ONLY_RETURNS))


def of_orders(customers: ir.Table, catalogue: Catalogue, as_of: int | None) -> ir.Table:
    """Return the features of all customers who ordered.

    Args:
        customers: what ``per_customer`` gave.
        catalogue: the features wanted.
        as_of: the moment to count days back from, as an epoch second; None for the midnight
            after the last order.
    """
    buyers = customers.filter(customers.last_order_at.notnull())
    moment: int | ir.IntegerValue
    if as_of is None:
        last = buyers.last_order_at.max().name("latest_order_at")
        buyers = buyers.cross_join(buyers.agg(last))
        seconds = buyers.latest_order_at.epoch_seconds()
        moment = (seconds // SECONDS_A_DAY + 1) * SECONDS_A_DAY
    else:
        moment = as_of
    features = {
        entry.name: REGISTRY[entry.name].value(buyers, moment)
        if entry.kind == "orders"
        else buyers[_own(entry.name)]
        for entry in catalogue.of("orders", "sql")
    }
    numbers = {name: finite(feature) for name, feature in features.items()}
    return buyers.select(customer_id=buyers.customer_id, **numbers)


def of_customers(customers: ir.Table, catalogue: Catalogue, reading: Reading) -> ir.Table:
    """Return the attributes and 0/1 categories of the kept customers."""
    kept = customers.filter(customers.reason.isnull())

    def typed(column: str) -> ir.Value:
        return value(kept, reading.column(column), reading.null_values)

    features: dict[str, ir.Value] = {}
    for entry in catalogue.of("attribute"):
        features[entry.name] = finite(typed(entry.column or ""))
    for entry in catalogue.of("category"):
        same = typed(entry.column or "").cast("string") == entry.value
        features[entry.name] = same.cast("float64")
    return kept.select(customer_id=kept.customer_id, **features)


def category_values(customers: ir.Table, column: str, reading: Reading) -> ir.Table:
    """Return the values of a categorical column of the kept customers, in order."""
    kept = customers.filter(customers.reason.isnull())
    values = value(kept, reading.column(column), reading.null_values).cast("string")
    distinct = kept.select(value=values).distinct()
    return distinct.filter(distinct.value.notnull()).order_by("value")


def joined(orders: ir.Table, customers: ir.Table) -> ir.Table:
    """Add the customers' features to the orders'; who is not among the customers has none."""
    own = [name for name in customers.columns if name != "customer_id"]
    right = customers.select(
        right_id=customers.customer_id, **{name: customers[name] for name in own}
    )
    together = orders.left_join(right, orders.customer_id == right.right_id)
    return together.select(*orders.columns, *own)


def incomplete(features: ir.Table, names: tuple[str, ...]) -> ir.Table:
    """Return (customer_id, reason) of customers who lack one of the features."""
    reason = ibis.cases(
        *((features[name].isnull(), f"missing {name}") for name in names),
        else_=ibis.null("string"),
    )
    table = features.select(customer_id=features.customer_id, reason=reason)
    return table.filter(table.reason.notnull())


def complete(features: ir.Table, names: tuple[str, ...]) -> ir.Table:
    """Return the customers who have all of the features."""
    return features.filter([features[name].notnull() for name in names])


def outlying(features: ir.Table, bounds: Bounds) -> ir.Table:
    """Return (customer_id, reason) of customers with a value beyond a bound of its feature."""
    reason = ibis.cases(
        *((_beyond(features[name], *sides), f"outlier {name}") for name, sides in bounds.items()),
        else_=ibis.null("string"),
    )
    table = features.select(customer_id=features.customer_id, reason=reason)
    return table.filter(table.reason.notnull())


def within(features: ir.Table, bounds: Bounds) -> ir.Table:
    """Return the customers with no value beyond a bound; a missing one is beyond none."""
    return features.filter([~_beyond(features[name], *sides) for name, sides in bounds.items()])


def _beyond(column: ir.Value, lower: float | None, upper: float | None) -> ir.BooleanValue:
    sides = [column < lower] if lower is not None else []
    sides += [column > upper] if upper is not None else []
    beyond = sides[0] if len(sides) == 1 else sides[0] | sides[1]
    return column.notnull() & beyond


def finite(column: ir.Value) -> ir.Value:
    """Cast to DOUBLE; NaN, the infinities, and what is as good as infinite are missing."""
    number = column.cast("float64")
    if not column.type().is_floating():
        return number
    # NaN sorts above all numbers.
    return ibis.ifelse(number.abs() < HUGE, number, ibis.null("float64"))


def _own(name: str) -> str:
    """The user's feature may be called like an aggregate of ours, such as revenue."""
    return f"own_{name}"
