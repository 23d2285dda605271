"""Histories recounted in Python."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from segdb.engines.duckdb.database import DuckDB
from segdb.expressions.order_days import (
    counted,
    extent,
    histories,
    last_day_before,
    order_days,
    repeat_amounts,
    spans,
)

DAY_ONE = datetime(2024, 1, 1)
DAYS = 60


def shop(store: DuckDB) -> list[dict[str, Any]]:
    """Validated rows of forty customers: returns, rejected rows, several rows a day."""
    draw = np.random.default_rng(5)
    rows: list[dict[str, Any]] = [
        {
            "customer_id": int(draw.integers(40)),
            "ordered_at": DAY_ONE + timedelta(hours=float(draw.integers(DAYS * 24))),
            "amount": float(np.round(draw.normal(30, 20), 2)),
            "reason": None if draw.random() < 0.9 else "no charge",
        }
        for _ in range(400)
    ]
    for row in rows:
        row["returned"] = row["amount"] < 0
    store.rows_table("orders", pa.Table.from_pylist(rows))
    return rows


def recounted(rows: list[dict[str, Any]]) -> dict[int, tuple[int, int, int, float]]:
    """Of each customer x, t_x, T and what was paid behind the first day."""
    kept = [row for row in rows if row["reason"] is None]
    by_customer = defaultdict(list)
    for row in kept:
        by_customer[row["customer_id"]].append((row["ordered_at"].date(), row))
    bought = {
        c: sorted({day for day, row in pairs if not row["returned"]})
        for c, pairs in by_customer.items()
    }
    end = max(days[-1] for days in bought.values() if days)
    result = {}
    for customer, days in bought.items():
        if days:
            paid = sum(r["amount"] for day, r in by_customer[customer] if day > days[0])
            result[customer] = (
                len(days) - 1, (days[-1] - days[0]).days, (end - days[0]).days, paid,
            )  # fmt: skip
    return result


def test_histories(store: DuckDB) -> None:
    wanted = recounted(shop(store))
    orders = store.unbound("orders", "orders")
    table = store.table("spans", spans(order_days(orders)))
    rows = {row["customer_id"]: row for row in store.rows(histories(table))}
    assert set(rows) == set(wanted)
    for customer, (repeats, last, observed, paid) in wanted.items():
        row = rows[customer]
        assert (row["repeats"], row["last"], row["observed"]) == (repeats, last, observed)
        assert row["amount"] == pytest.approx(paid)
    later = store.rows(histories(table, known_until=last_day_before(datetime(2024, 4, 1))))
    first = store.rows(histories(table))
    moved = {b["observed"] - a["observed"] for a, b in zip(first, later, strict=True)}
    assert len(moved) == 1
    assert store.rows(counted(histories(table)).agg(n=counted(histories(table)).customers.sum()))[
        0
    ]["n"] == len(wanted)


def test_what_repeat_orders_cost_on_average(store: DuckDB) -> None:
    wanted = recounted(shop(store))
    table = store.table("spans", spans(order_days(store.unbound("orders", "orders"))))
    rows = store.rows(repeat_amounts(histories(table)))
    payers = sorted(paid / x for x, _, _, paid in wanted.values() if x and paid > 0)
    assert sorted(row["amount"] for row in rows) == pytest.approx(payers)


def test_extent(store: DuckDB) -> None:
    wanted = recounted(shop(store))
    table = store.table("spans", spans(order_days(store.unbound("orders", "orders"))))
    row = store.rows(extent(table))[0]
    gaps = [last / x for x, last, _, _ in wanted.values() if x]
    assert row["customers"] == len(wanted)
    assert row["returned"] == len(gaps)
    assert row["gap"] == pytest.approx(np.median(gaps))


@pytest.mark.parametrize(
    ("moment", "day"),
    [(datetime(1970, 1, 1), -1), (datetime(1970, 1, 2), 0), (datetime(1970, 1, 1, 12), 0)],
)
def test_the_last_day_before_a_moment(moment: datetime, day: int) -> None:
    assert last_day_before(moment) == day
