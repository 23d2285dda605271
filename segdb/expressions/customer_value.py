"""Customer value: what customers are expected to order and to pay, by a model, in SQL.

The formulas are those of BG/NBD (Fader, Hardie and Lee 2005), MBG/NBD (Batislam, Denizel and
Filiztekin 2007) and Gamma-Gamma (Fader and Hardie 2005). The expected number of orders usually is
written with the Gauss hypergeometric function, which no engine has. It is a mean over the
probability to stop after an order, and that is a sum over the nodes of ``segdb.value.nodes``. The
sum depends on the repeat orders and the days observed alone, so it is computed once for each pair
of them that occurs, and joined.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from segdb.expressions.precise import STEEP, log_of_more_than_one, log_of_rest, share_that_ends
from segdb.value_model import PurchaseModel, SpendModel, ValueModel

# Of the bands of survived chances, see ``segdb.value.nodes``.
_BANDS = 16
# Beyond so many days a next order is not dated.
FARTHEST_ORDER = 3650.0


def customer_value(histories: ir.Table, nodes: ir.Table, model: ValueModel) -> ir.Table:
    """Return what each customer is expected to do within the horizon.

    Args:
        histories: what ``segdb.expressions.order_days.histories`` gives.
        nodes: ``band``, ``p`` and ``weight``, as ``segdb.value.nodes.nodes`` gives them.
        model: what was learned.

    Returns:
        The columns of ``histories`` with the mean ``amount`` of repeat orders, ``p_alive``,
        ``expected_orders``, ``expected_order_value``, ``expected_value``, ``value_at_risk``,
        ``probability_of_order`` and ``next_order_days``.
    """
    orders, horizon = model.purchases, float(model.horizon_days)
    if orders.stopping is None:
        customers = histories.mutate(if_active=_orders_by_rate(histories, orders, horizon))
    else:
        customers = _with_orders_if_active(histories, nodes, orders, horizon)
    repeats = customers.repeats.cast("float64")
    amount = customers.amount / repeats.nullif(0.0)
    rows = customers.select(
        customer_id=customers.customer_id,
        repeats=customers.repeats,
        last=customers.last,
        observed=customers.observed,
        end_day=customers.end_day,
        amount=amount,
        active=p_alive(customers, orders),
        if_active=customers.if_active,
        no_order=_no_order_if_active(customers, orders, horizon),
        order_value=_order_value(repeats, amount, model.spend),
    ).view()
    expected = rows.active * rows.if_active
    known = orders.stopping is not None
    at_risk = (1.0 - rows.active) * rows.if_active * rows.order_value
    return rows.select(
        "customer_id", "repeats", "last", "observed", "end_day", "amount",
        p_alive=rows.active if known else ibis.null("float64"),
        expected_orders=expected,
        expected_order_value=rows.order_value,
        expected_value=expected * rows.order_value,
        value_at_risk=at_risk if known else ibis.null("float64"),
        probability_of_order=rows.active * (1.0 - rows.no_order),
        next_order_days=_next_order(rows, orders),
    )  # fmt: skip


def p_alive(customers: ir.Table, model: PurchaseModel) -> ir.FloatingValue:
    """Return the probability that a customer has not stopped; 1 where nobody does."""
    if model.stopping is None:
        return _number(1.0)
    r, alpha, (a, b) = model.r.value, model.alpha.value, model.stopping
    repeats = customers.repeats.cast("float64")
    waited = _log(customers.observed, alpha) - _log(customers.last, alpha)
    survived = repeats + float(model.survived_first)
    # Of one who had no chance to stop yet the divisor is not used.
    odds = _number(a).ln() - ibis.greatest(survived + (b - 1.0), 1e-300).ln()
    stopped = ibis.least(odds + (repeats + r) * waited, STEEP).exp()
    return ibis.ifelse(survived > 0.0, 1.0 / (1.0 + stopped), 1.0)


def _orders_by_rate(histories: ir.Table, model: PurchaseModel, horizon: float) -> ir.FloatingValue:
    """Return the expected orders of a customer who never stops."""
    rate = (histories.repeats.cast("float64") + model.r.value) / (
        histories.observed.cast("float64") + model.alpha.value
    )
    return rate * horizon


def _with_orders_if_active(
    histories: ir.Table, nodes: ir.Table, model: PurchaseModel, horizon: float
) -> ir.Table:
    """Return the histories with ``if_active``, what ``orders_if_active`` gives of each."""
    by_pair = orders_if_active(histories, nodes, model, horizon)
    pairs = by_pair.select(
        pair_repeats=by_pair.repeats, pair_observed=by_pair.observed, if_active=by_pair.if_active
    )
    return histories.inner_join(
        pairs,
        [histories.repeats == pairs.pair_repeats, histories.observed == pairs.pair_observed],
    )


def orders_if_active(
    histories: ir.Table, nodes: ir.Table, model: PurchaseModel, horizon: float
) -> ir.Table:
    """Return the expected orders of an active customer by ``repeats`` and ``observed``.

    With rates of Gamma(r + x, alpha + T) and stopping probabilities p of Beta(a, b + c), where c
    chances were survived, it is the mean of [1 - (1 + p t / (alpha + T))^-(r + x)] / p.
    """
    r, alpha = model.r.value, model.alpha.value
    pairs = histories.select("repeats", "observed").distinct()
    survived = pairs.repeats + model.survived_first
    band = ibis.cases(
        *((survived >= 2**power, 2**power) for power in range(_BANDS - 1, -1, -1)), else_=0
    )
    pairs = pairs.mutate(band=band.cast("int64"), survived=survived)
    each = pairs.inner_join(
        nodes.select(node_band=nodes.band, p=nodes.p, weight=nodes.weight),
        pairs.band == nodes.band,
    )
    reach = each.p * horizon / (each.observed.cast("float64") + alpha)
    beyond = (each.survived - each.band).cast("float64")
    each = each.select(
        "repeats", "observed", "p",
        exponent=(each.repeats.cast("float64") + r) * log_of_more_than_one(reach),
        density=each.weight * ibis.greatest(beyond * log_of_rest(each.p), -STEEP).exp(),
    ).view()  # fmt: skip
    orders = each.density * share_that_ends(each.exponent) / each.p
    sums = each.group_by("repeats", "observed").agg(total=orders.sum(), density=each.density.sum())
    return sums.select("repeats", "observed", if_active=sums.total / sums.density)


def _no_order_if_active(
    customers: ir.Table, model: PurchaseModel, horizon: float
) -> ir.FloatingValue:
    """Return the probability that an active customer orders nothing within the horizon."""
    observed = customers.observed.cast("float64")
    waited = _log(observed, model.alpha.value) - _log(observed + horizon, model.alpha.value)
    shape = customers.repeats.cast("float64") + model.r.value
    return ibis.greatest(shape * waited, -STEEP).exp()


def _order_value(
    repeats: ir.FloatingValue, amount: ir.FloatingValue, spend: SpendModel | None
) -> ir.FloatingValue:
    """Return the expected amount of an order: between the customer's own mean and that of all.

    Who gave back as much as they paid counts as having paid 0; who ordered once is expected to pay
    what customers do on average.
    """
    if spend is None:
        return ibis.null("float64")
    p, q, gamma = spend.p.value, spend.q.value, spend.gamma.value
    paid = ibis.greatest(amount, 0.0).fill_null(0.0) * repeats
    return (gamma + paid) * p / (repeats * p + (q - 1.0))


def _next_order(rows: ir.Table, model: PurchaseModel) -> ir.FloatingValue:
    """Return the days until an order is as likely as not; NULL where it never is, or far away."""
    shape = rows.repeats.cast("float64") + model.r.value
    no_order = ibis.greatest(1.0 - 0.5 / ibis.greatest(rows.active, 0.5), 1e-300)
    steps = ibis.least(-no_order.ln() / shape, STEEP).exp() - 1.0
    days = (rows.observed.cast("float64") + model.alpha.value) * steps
    within = (rows.active > 0.5) & (days <= FARTHEST_ORDER)
    return ibis.ifelse(within, days, ibis.null("float64"))


def _log(days: ir.NumericValue, alpha: float) -> ir.FloatingValue:
    return (days.cast("float64") + alpha).ln()


def _number(value: float) -> ir.FloatingScalar:
    return ibis.literal(value, "float64")
