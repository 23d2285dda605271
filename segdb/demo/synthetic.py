"""A made-up shop of any size, as SQL: five planted segments, and the mess of a real export.

Everything is drawn from DuckDB's hash of (customer, order, seed): equal arguments give equal rows.
Rows are made as they are read, so a ``COPY (…) TO 'orders.parquet'`` of 100 million orders needs
the memory of the customers alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from segdb.demo.draws import below, normal, one_of, uniform
from segdb.errors import SettingsError

# The midnight after the last day of the shop; no wall clock, so that every day gives these rows.
AS_OF = "2026-07-01 00:00:00"
ORDERS_PER_CUSTOMER = 20.0
CATEGORIES = ("Coffee", "Tea", "Bakery", "Kitchen", "Books", "Garden", "Gifts", "Sale")
CHANNELS = ("Shop", "Web", "App")


@dataclass(frozen=True)
class Planted:
    """A segment that the shop is made of.

    Attributes:
        name: what it is called.
        share: of all customers.
        recency_days: median of the days since the last order.
        orders: mean of a customer, where the shop's mean is ``ORDERS_PER_CUSTOMER``.
        span_days: median of the days from the first order to the last.
        amount: median of an order.
        grows: more orders a customer in the shop mean more of them here.
    """

    name: str
    share: float
    recency_days: float
    orders: float
    span_days: float
    amount: float
    grows: bool = True


SEGMENTS = (
    Planted("champions", 0.15, 4.0, 75.0, 900.0, 130.0),
    Planted("loyal", 0.25, 25.0, 27.0, 800.0, 55.0),
    Planted("slipping away", 0.20, 210.0, 10.0, 500.0, 70.0),
    Planted("new", 0.20, 9.0, 3.0, 25.0, 30.0, grows=False),
    Planted("one-time", 0.20, 420.0, 1.0, 0.0, 40.0, grows=False),
)


def settings(
    customers: int, seed: int = 42, orders_per_customer: float | None = None
) -> dict[str, Any]:
    """Return the settings of a run on ``orders``, with the keys of ``segdb.toml``.

    Recency, frequency and monetary form the segments, which were planted in them.
    """
    return {
        "as_of": AS_OF,
        "source": {"orders": orders(customers, seed, orders_per_customer)},
        "features": {"describe": ["tenure_days", "average_order_value", "days_between_orders"]},
        "report": {"title": "Segments of a made-up shop", "currency": "€"},
    }


def orders(
    customers: int,
    seed: int = 42,
    orders_per_customer: float | None = None,
    multi_line_share: float = 0.0,
) -> str:
    """Return a SELECT of the shop's order lines.

    Its columns are order_id BIGINT, customer_id BIGINT, ordered_at TIMESTAMP, amount
    DECIMAL(18,2), quantity INTEGER and category VARCHAR. Among its rows are missing ids, exact
    duplicates, returns, amounts that are missing, zero, negative or a hundred times too large,
    and dates 36 years ahead (2062 for 2026).

    Args:
        customers: how many customers, numbered from 1.
        seed: another seed makes another shop.
        orders_per_customer: the mean, 2 to 1,000; left out, ``ORDERS_PER_CUSTOMER``.
        multi_line_share: share of the orders that have two to four lines instead of one.

    Raises:
        SettingsError: there is no shop of such numbers.
    """
    mean = ORDERS_PER_CUSTOMER if orders_per_customer is None else orders_per_customer
    return f"""\
WITH {_shop(customers, seed, mean)}, {_lines(multi_line_share)}, dated AS (
    SELECT *,
        TIMESTAMP '{AS_OF}' - to_seconds(CAST(recency_seconds + rhythm_seconds * (
            place + CASE WHEN place > 0 THEN 0.7 * ({uniform("order_key", 1)} - 0.5) ELSE 0 END
        ) AS BIGINT)) AS ordered,
        typical_amount * exp(0.35 * {normal("line_key", 2)}) AS paid,
        {below("10000", "row_key", 3)} AS mess
    FROM lines
)
SELECT
    customer_id * 100000 + orders - place AS order_id,
    CASE WHEN mess >= 100 THEN customer_id END AS customer_id,
    CASE
        WHEN mess BETWEEN 100 AND 104 THEN ordered + INTERVAL 36 YEAR
        WHEN returned THEN least(ordered + INTERVAL 9 DAY, TIMESTAMP '{AS_OF}' - INTERVAL 1 HOUR)
        ELSE ordered
    END AS ordered_at,
    CAST(CASE
        WHEN mess BETWEEN 105 AND 124 THEN NULL
        WHEN mess BETWEEN 125 AND 154 THEN 0
        WHEN mess BETWEEN 155 AND 164 THEN -paid
        WHEN mess BETWEEN 165 AND 166 THEN 100 * paid
        WHEN returned THEN -0.4 * paid
        ELSE paid
    END AS DECIMAL(18, 2)) AS amount,
    CAST(CASE WHEN returned THEN -1 ELSE 1 + {below("4", "line_key", 4)} END AS INTEGER)
        AS quantity,
    {one_of(CATEGORIES, "line_key", 5)} AS category
FROM dated"""  # noqa: S608 - the shop's own numbers and names


def customers(customers: int, seed: int = 42) -> str:
    """Return a SELECT of the shop's customer register.

    Its columns are customer_id BIGINT, age INTEGER, income DOUBLE (thousand a year) and channel
    VARCHAR. Among its rows are customers without an order, customers who stand there twice,
    missing ids and incomes, and ages that nobody has.

    Raises:
        SettingsError: there is no shop of such numbers.
    """
    idle = f"range({customers + 1}, {customers + customers // 50 + 2}) AS numbers(number)"
    return f"""\
WITH {_shop(customers, seed, ORDERS_PER_CUSTOMER)}, people AS (
    SELECT customer_id, key, typical_amount FROM shop
    UNION ALL
    SELECT number, hash(number, {seed}), 20.0 FROM {idle}
), rows AS (
    -- The second row of a customer is the first again, or has another age.
    SELECT *, unnest(CASE WHEN {uniform("key", 20)} < 0.01
        THEN [0, {below("2", "key", 21)}] ELSE [0] END) AS changed
    FROM people
)
SELECT
    CASE WHEN {uniform("key", 22)} >= 0.003 THEN customer_id END AS customer_id,
    CAST(CASE WHEN {uniform("key", 23)} < 0.004 THEN 126
        ELSE 18 + {below("62", "key", 24)} + changed END AS INTEGER) AS age,
    CASE WHEN {uniform("key", 25)} >= 0.08
        THEN round(12 * sqrt(typical_amount / 2) * exp(0.3 * {normal("key", 26)}), 1)
    END AS income,
    {one_of(CHANNELS, "key", 27)} AS channel
FROM rows"""  # noqa: S608


def truth(customers: int, seed: int = 42) -> str:
    """Return a SELECT of each customer's planted segment: customer_id, planted_segment.

    Raises:
        SettingsError: there is no shop of such numbers.
    """
    shop = _shop(customers, seed, ORDERS_PER_CUSTOMER)
    return f"WITH {shop}\nSELECT customer_id, planted_segment FROM shop"


def _shop(customers: int, seed: int, mean: float) -> str:
    """SQL of the table expressions down to ``shop``, one row a customer."""
    if customers < 1 or not 2 <= mean <= 1000:
        raise SettingsError(
            "A made-up shop has 1 customer or more and 2 to 1,000 orders a customer, not "
            f"{customers:,} and {mean:g}."
        )
    # Materialised, so that the orders are made by every thread.
    return f"""\
planted(segment, planted_segment, recency_days, mean_orders, span_days, amount) AS (
    VALUES {_planted(mean)}
), numbered AS (
    SELECT number AS customer_id, hash(number, {seed}) AS key, {_segment("key")} AS segment
    FROM range(1, {customers + 1}) AS numbers(number)
), ordering AS (
    SELECT *,
        CASE WHEN mean_orders = 1 THEN 1 ELSE CAST(greatest(2, round(
            mean_orders * exp(0.25 * {normal("key", 1)} - 0.031)
        )) AS BIGINT) END AS orders
    FROM numbered
    JOIN planted USING (segment)
), shop AS MATERIALIZED (
    SELECT customer_id, key, planted_segment, orders,
        86400 * recency_days * exp(0.35 * {normal("key", 2)}) AS recency_seconds,
        86400 * span_days * exp(0.15 * {normal("key", 3)}) / greatest(orders - 1, 1)
            AS rhythm_seconds,
        amount * exp(0.25 * {normal("key", 4)}) AS typical_amount
    FROM ordering
)"""  # noqa: S608


def _planted(mean: float) -> str:
    """SQL of the segments as rows of VALUES, numbered from 0."""
    steady = sum(s.share * s.orders for s in SEGMENTS if not s.grows)
    growing = sum(s.share * s.orders for s in SEGMENTS if s.grows)
    factor = (mean - steady) / growing
    rows = []
    for number, s in enumerate(SEGMENTS):
        mean_orders = s.orders * factor if s.grows else s.orders
        numbers = (s.recency_days, mean_orders, s.span_days, s.amount)
        rows.append(f"({number}, '{s.name}', {', '.join(f'{n:.6e}' for n in numbers)})")
    return ",\n        ".join(rows)


def _segment(key: str) -> str:
    """SQL of the number of a customer's segment: how many of the shares' bounds are passed."""
    bounds = list(accumulate(s.share for s in SEGMENTS))[:-1]
    return " + ".join(f"CAST({uniform(key, 0)} >= {bound:.6f} AS INTEGER)" for bound in bounds)


def _lines(multi_line_share: float) -> str:
    """SQL of the table expressions from ``shop`` down to ``lines``, one row a row of the source."""
    if not 0 <= multi_line_share <= 1:
        raise SettingsError(f"multi_line_share is a share from 0 to 1, not {multi_line_share:g}.")
    line = "0"
    if multi_line_share:
        several = f"{uniform('order_key', 6)} < {float(multi_line_share)!r}"
        line = (
            f"unnest(range(CASE WHEN {several} THEN 2 + {below('3', 'order_key', 7)} ELSE 1 END))"
        )
    return f"""\
slots AS (
    -- Order 0 is the last one. A slot that is there twice is a duplicate row; one below 0 is the
    -- return of order -slot - 1.
    SELECT *, unnest(list_concat(
        range(orders),
        CASE WHEN {uniform("key", 5)} < 0.005 * orders
            THEN [{below("orders", "key", 6)}] ELSE [] END,
        CASE WHEN {uniform("key", 7)} < 0.015 * orders
            THEN [-1 - {below("orders", "key", 8)}] ELSE [] END
    )) AS slot
    FROM shop
), placed AS (
    SELECT *, slot < 0 AS returned, CASE WHEN slot < 0 THEN -1 - slot ELSE slot END AS place,
        hash(key, slot) AS slot_key
    FROM slots
), keyed AS (
    SELECT *, hash(key, place) AS order_key FROM placed
), lines AS (
    SELECT *, hash(order_key, line) AS line_key, hash(slot_key, line) AS row_key
    FROM (SELECT *, {line} AS line FROM keyed)
)"""  # noqa: S608
