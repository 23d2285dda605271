"""A made-up shop of any size, as SQL: five planted segments, and the mess of a real export.

Everything is drawn by DuckDB's hash of (customer, order, seed), never by ``random()``: equal
arguments give equal rows, whatever the number of threads. Rows are made as they are read, so a
``COPY (…) TO 'orders.parquet'`` of 100 million orders needs the memory of the customers alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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
    Planted("loyal", 0.25, 25.0, 27.0, 800.0, 60.0),
    Planted("slipping away", 0.20, 210.0, 10.0, 500.0, 45.0),
    Planted("new", 0.20, 9.0, 3.0, 25.0, 25.0, grows=False),
    Planted("one-time", 0.20, 420.0, 1.0, 0.0, 20.0, grows=False),
)


def settings(
    customers: int, seed: int = 42, orders_per_customer: float | None = None
) -> dict[str, Any]:
    """Return the settings of a run on the shop, with the keys of ``segdb.toml``."""
    return {
        "as_of": AS_OF,
        "source": {"orders": orders(customers, seed, orders_per_customer)},
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
        orders_per_customer: the mean; left out, ``ORDERS_PER_CUSTOMER``.
        multi_line_share: share of the orders that have two to four lines instead of one.

    Raises:
        SettingsError: there is no shop of such numbers.
    """
    if not 0 <= multi_line_share <= 1:
        raise SettingsError(f"A shop has a share of 0 to 1 of orders with several lines, not "
                            f"{multi_line_share!r}.")
    mean = ORDERS_PER_CUSTOMER if orders_per_customer is None else orders_per_customer
    line = "0"
    if multi_line_share:
        several = f"{_uniform('xor(key, hash(place))', 8)} < {float(multi_line_share)!r}"
        count = f"2 + {_hash('xor(key, hash(place))', 9)} % 3"
        line = f"unnest(range(CASE WHEN {several} THEN CAST({count} AS BIGINT) ELSE 1 END))"
    return f"""\
WITH {_shop(customers, seed, mean)}, slots AS (
    -- Order 0 is the last one. A slot that is there twice is a duplicate row; one below 0 is the
    -- return of order -slot - 1.
    SELECT *, unnest(list_concat(
        range(orders),
        CASE WHEN {_uniform("key", 4)} < 0.005 * orders
            THEN [CAST({_hash("key", 5)} % orders AS BIGINT)] ELSE [] END,
        CASE WHEN {_uniform("key", 6)} < 0.015 * orders
            THEN [-1 - CAST({_hash("key", 7)} % orders AS BIGINT)] ELSE [] END
    )) AS slot
    FROM shop
), placed AS (
    SELECT *, slot < 0 AS returned, CASE WHEN slot < 0 THEN -1 - slot ELSE slot END AS place
    FROM slots
), lines AS (
    SELECT *, {line} AS line
    FROM placed
), drawn AS (
    SELECT *,
        hash(key, place) AS order_key,
        hash(key, slot, line) AS row_key
    FROM lines
), dated AS (
    SELECT *,
        TIMESTAMP '{AS_OF}' - to_seconds(CAST(recency_seconds + rhythm_seconds * (
            place + CASE WHEN place > 0 THEN 0.7 * ({_uniform("order_key", 1)} - 0.5) ELSE 0 END
        ) AS BIGINT)) AS ordered,
        typical_amount * exp(0.4 * {_normal("hash(order_key, line)", 2)}) AS paid,
        {_hash("row_key", 3)} % 10000 AS mess
    FROM drawn
)
SELECT
    customer_id * 100000 + orders - place AS order_id,
    CASE WHEN mess >= 100 THEN customer_id END AS customer_id,
    CASE
        WHEN mess BETWEEN 162 AND 166 THEN ordered + INTERVAL 36 YEAR
        WHEN returned THEN least(ordered + INTERVAL 9 DAY, TIMESTAMP '{AS_OF}' - INTERVAL 1 HOUR)
        ELSE ordered
    END AS ordered_at,
    CAST(CASE
        WHEN mess BETWEEN 100 AND 119 THEN NULL
        WHEN mess BETWEEN 120 AND 149 THEN 0
        WHEN mess BETWEEN 150 AND 159 THEN -paid
        WHEN mess BETWEEN 160 AND 161 THEN 100 * paid
        WHEN returned THEN -0.4 * paid
        ELSE paid
    END AS DECIMAL(18, 2)) AS amount,
    CAST(CASE WHEN returned THEN -1 ELSE 1 + {_hash("row_key", 4)} % 4 END AS INTEGER) AS quantity,
    {_one_of(CATEGORIES, "row_key", 5)} AS category
FROM dated"""


def truth(customers: int, seed: int = 42) -> str:
    """Return a SELECT of each customer's planted segment: customer_id, planted_segment.

    Raises:
        SettingsError: there is no shop of such numbers.
    """
    shop = _shop(customers, seed, ORDERS_PER_CUSTOMER)
    return f"WITH {shop}\nSELECT customer_id, planted_segment FROM shop"


def _shop(customers: int, seed: int, mean: float) -> str:
    """SQL of the table expressions down to ``shop``, one row a customer."""
    # Materialised, so that the orders are made by every thread.
    return f"""\
planted(share_from, share_to, planted_segment, recency_days, mean_orders, span_days, amount) AS (
    VALUES {_planted(mean)}
), numbered AS (
    SELECT number AS customer_id, hash(number, {seed}) AS key
    FROM range(1, {customers + 1}) AS numbers(number)
), ordering AS (
    SELECT *,
        CASE WHEN mean_orders = 1 THEN 1 ELSE CAST(greatest(2, round(
            mean_orders * exp(0.3 * {_normal("key", 1)} - 0.045)
        )) AS BIGINT) END AS orders
    FROM numbered
    JOIN planted ON {_uniform("key", 0)} >= share_from AND {_uniform("key", 0)} < share_to
), shop AS MATERIALIZED (
    SELECT customer_id, key, planted_segment, orders,
        86400 * recency_days * exp(0.4 * {_normal("key", 2)}) AS recency_seconds,
        86400 * span_days * exp(0.2 * {_normal("key", 3)}) / greatest(orders - 1, 1)
            AS rhythm_seconds,
        amount * exp(0.3 * {_normal("key", 10)}) AS typical_amount
    FROM ordering
)"""


def _planted(mean: float) -> str:
    steady = sum(s.share * s.orders for s in SEGMENTS if not s.grows)
    growing = sum(s.share * s.orders for s in SEGMENTS if s.grows)
    factor = (mean - steady) / growing
    rows = []
    start = 0.0
    for s in SEGMENTS:
        orders = s.orders * factor if s.grows else s.orders
        end = round(start + s.share, 9)
        numbers = (s.recency_days, orders, s.span_days, s.amount)
        rows.append(f"({start}, {end}, '{s.name}', {', '.join(f'{n:.6e}' for n in numbers)})")
        start = end
    return ",\n        ".join(rows)


def _hash(key: str, draw: int) -> str:
    """SQL of 64 random bits, another for each ``draw``.

    DuckDB's hash of several values combines them weakly: hash(x, 1) and hash(x, 2) differ by a
    constant. Its hash of one value does mix all bits, and so comes last.
    """
    return f"hash(xor({key}, CAST({draw} AS UBIGINT)))"


def _uniform(key: str, draw: int) -> str:
    """SQL of a number in [0, 1): the upper 53 bits of a hash."""
    return f"(({_hash(key, draw)} >> 11) * {2.0**-53:.17e})"


def _normal(key: str, draw: int) -> str:
    """SQL of a standard normal number (Box and Muller 1958), from the two halves of a hash."""
    bits = _hash(key, draw)
    radius = f"sqrt(-2 * ln((({bits} >> 32) + 1) * {2.0**-32:.17e}))"
    return f"({radius} * cos(({bits} & 4294967295) * {2.0**-31:.17e} * pi()))"


def _one_of(values: tuple[str, ...], key: str, draw: int) -> str:
    texts = ", ".join(f"'{value}'" for value in values)
    return f"([{texts}])[1 + CAST({_hash(key, draw)} % {len(values)} AS INTEGER)]"
