"""What customers are expected to do next, and the model that says so."""

from __future__ import annotations

from segdb.contract.table import CUSTOMER, RUN, Column, Table

_EXPECTED = (
    Column(
        "repeat_orders",
        "BIGINT",
        "Days with an order behind the first such day: orders of one day count once.",
        "orders",
    ),
    Column("days_to_last_order", "BIGINT", "From the first order to the last one.", "days"),
    Column("days_observed", "BIGINT", "From the first order to the end of the data.", "days"),
    Column(
        "repeat_order_value",
        "DOUBLE",
        "Mean amount of the repeat orders, less returns; NULL for who ordered once.",
        "currency",
    ),
    Column(
        "p_alive",
        "DOUBLE",
        "Probability that they have not stopped ordering; NULL where nothing shows that customers "
        "ever do (NBD), so that it cannot be known.",
        "0 to 1",
    ),
    Column(
        "expected_orders",
        "DOUBLE",
        "Orders within the horizon, horizon_days of value_model.",
        "orders",
    ),
    Column(
        "expected_order_value",
        "DOUBLE",
        "Expected amount of an order: between their own mean and that of all, the nearer to their "
        "own the more they ordered. Who ordered once is expected to pay the mean of all, since one "
        "first order says little of later ones; who gave back as much as they paid counts as "
        "paying 0. NULL where the amounts could not be modelled.",
        "currency",
    ),
    Column("expected_value", "DOUBLE", "Revenue within the horizon.", "currency"),
    Column(
        "value_at_risk",
        "DOUBLE",
        "What the expected value lacks because they may have stopped: it would be so much more if "
        "they had certainly not. NULL with NBD.",
        "currency",
    ),
    Column("probability_of_order", "DOUBLE", "Of one order or more within the horizon.", "0 to 1"),
    Column(
        "expected_next_order_at",
        "TIMESTAMP",
        "By when an order is as likely as not; NULL where it never is, or not within ten years.",
    ),
    RUN,
)
CUSTOMER_VALUE = Table(
    "customer_value",
    "customer with orders",
    "What each customer is expected to order and to pay, by value_model; empty where there was too "
    "little history to learn it.",
    (CUSTOMER, *_EXPECTED),
    key=("customer_id",),
    may_be_empty=True,
)
CUSTOMER_VALUE_LIVE = Table(
    "customer_value_live",
    "customer with orders",
    "As customer_value, computed from the source when it is asked.",
    (CUSTOMER, *_EXPECTED),
    kind="view",
    key=("customer_id",),
    may_be_empty=True,
)
VALUE_MODEL = Table(
    "value_model",
    "parameter",
    "The model of customer value: r, alpha, a and b of the orders (MBG/NBD, Batislam, Denizel and "
    "Filiztekin 2007, or BG/NBD, Fader, Hardie and Lee 2005; without a and b NBD, Ehrenberg 1959, "
    "where nothing shows that customers ever stop); p, q and gamma of their amounts "
    "(Gamma-Gamma, Fader and Hardie 2005). Without one, the row status says why.",
    (
        Column("parameter", "VARCHAR", "Its name."),
        Column("value", "DOUBLE", "Its value; alpha in days, gamma in currency."),
        Column("standard_error", "DOUBLE", "By the curvature of the likelihood."),
        Column("note", "VARCHAR", "What it is, or why there is none."),
    ),
    key=("parameter",),
)
VALUE_NODES = Table(
    "value_nodes",
    "band and node",
    "Nodes of the Gauss-Jacobi rules by which customer_value_live averages over the probability to "
    "stop: they follow from a and b of value_model.",
    (
        Column("band", "INTEGER", "Survived chances to stop, from here to the next band."),
        Column("p", "DOUBLE", "The node: a probability to stop after an order.", "0 to 1"),
        Column("weight", "DOUBLE", "Its weight; those of a band sum to 1."),
    ),
    key=("band", "p"),
    may_be_empty=True,
)
