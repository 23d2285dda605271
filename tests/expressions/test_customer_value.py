"""Customer value in SQL against mpmath and against published customers of CDNOW."""

from __future__ import annotations

import itertools
import math
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import ibis
import mpmath
import numpy as np
import pyarrow as pa
import pytest

from segdb.engines.duckdb.database import DuckDB
from segdb.exports.dialects import DIALECTS
from segdb.exports.transpile import to_dialect
from segdb.expressions.customer_value import customer_value
from segdb.value.maximise import Floats
from segdb.value.nodes import nodes
from segdb.value.purchases import Histories, fit_purchases
from segdb.value_model import Estimate, Family, PurchaseModel, SpendModel, ValueModel

HISTORIES = ibis.table(
    {
        "customer_id": "int64",
        "repeats": "int64",
        "last": "int64",
        "observed": "int64",
        "amount": "float64",
        "end_day": "int64",
    },
    name="histories",
)
NODES = ibis.table({"band": "int64", "p": "float64", "weight": "float64"}, name="nodes")
PARAMETERS = (
    (0.2426, 30.9, 0.7929, 2.426),  # CDNOW
    (0.525, 43.3, 0.891, 1.614),
    (2.0, 5.0, 0.05, 3.0),  # hardly anybody stops
    (0.1, 100.0, 3.0, 8.0),
    (5.0, 200.0, 1.0001, 0.5),  # where the usual formula divides by a - 1
    (0.5, 1.0, 0.3, 0.2),
    (0.5, 10.0, 20.0, 0.7),  # nearly everybody stops at once
)
HORIZONS = (7, 90, 730)


@dataclass(frozen=True)
class History:
    """A customer's: x, t_x and T."""

    repeats: int
    last: float
    observed: float


def known_histories() -> Iterator[History]:
    """Up to 5,000 repeat orders in up to 3,000 days; steady, and silent for long."""
    for repeats, observed in itertools.product(
        (0, 1, 2, 3, 7, 26, 40, 63, 64, 200, 1023, 5000), (0, 30, 100, 400, 3000)
    ):
        if repeats <= 2 * observed:
            for last in {observed // 3, observed} if repeats else {0}:
                yield History(repeats, last, observed)


CUSTOMERS = list(known_histories())


def model(family: Family, values: tuple[float, float, float, float], horizon: int) -> ValueModel:
    r, alpha, a, b = (Estimate(value, 0.1) for value in values)
    spend = SpendModel(Estimate(6.25, 1), Estimate(3.74, 1), Estimate(15.44, 1), 0.0, 946)
    return ValueModel(PurchaseModel(family, r, alpha, a, b, 0.0, 1, 1), spend, horizon)


def exact(of: ValueModel, history: History) -> dict[str, Any]:
    """P(alive), E[X(t)] and P(X(t) > 0) by the published formulas, to 50 digits."""
    orders, t = of.purchases, of.horizon_days
    assert orders.stopping is not None
    r, alpha = mpmath.mpf(orders.r.value), mpmath.mpf(orders.alpha.value)
    a, b = map(mpmath.mpf, orders.stopping)
    x, survived = history.repeats, history.repeats + orders.survived_first
    until, silent = alpha + history.observed, alpha + history.last
    alive = mpmath.mpf(1)
    if survived:
        alive = 1 / (1 + a / (b + survived - 1) * (until / silent) ** (r + x))
    z = t / (until + t)
    still = (until / (until + t)) ** (r + x)
    gauss = mpmath.hyp2f1(r + x, b + survived, a + b + survived - 1, z)
    expected = (a + b + survived - 1) / (a - 1) * (1 - still * gauss)
    return {
        "p_alive": alive,
        "expected_orders": alive * expected,
        "probability_of_order": alive * (1 - still),
    }


def arrow(customers: list[History]) -> pa.Table:
    return pa.table(
        {
            "customer_id": range(len(customers)),
            "repeats": [c.repeats for c in customers],
            "last": [c.last for c in customers],
            "observed": [c.observed for c in customers],
            "amount": [20.0 * c.repeats for c in customers],
            "end_day": [15_000] * len(customers),
        }
    )


def in_duckdb(store: DuckDB, of: ValueModel, customers: list[History]) -> list[dict[str, Any]]:
    histories = store.rows_table("histories", arrow(customers))
    rule = store.rows_table("nodes", pa.Table.from_pylist(nodes(of)))
    return store.rows(customer_value(histories, rule, of).order_by("customer_id"))


def in_sqlite(of: ValueModel, customers: list[History]) -> list[dict[str, Any]]:
    sql = to_dialect("value", customer_value(HISTORIES, NODES, of), DIALECTS["sqlite"])
    with sqlite3.connect(":memory:") as connection:
        connection.row_factory = sqlite3.Row
        for name, rows in (
            ("histories", arrow(customers)),
            ("nodes", pa.Table.from_pylist(nodes(of))),
        ):
            marks = ", ".join("?" * rows.num_columns)
            connection.execute(f"CREATE TABLE {name} ({', '.join(rows.column_names)})")
            values = zip(*rows.to_pydict().values(), strict=True)
            connection.executemany(f"INSERT INTO {name} VALUES ({marks})", values)
        found = [dict(row) for row in connection.execute(sql)]
    return sorted(found, key=lambda row: int(row["customer_id"]))


@pytest.mark.parametrize("family", ["mbg/nbd", "bg/nbd"])
@pytest.mark.parametrize("values", PARAMETERS)
def test_sql_is_as_exact_as_mpmath(
    store: DuckDB, family: Family, values: tuple[float, float, float, float]
) -> None:
    mpmath.mp.dps = 50
    for horizon in HORIZONS:
        of = model(family, values, horizon)
        wanted = [exact(of, history) for history in CUSTOMERS]
        for rows in (in_duckdb(store, of, CUSTOMERS), in_sqlite(of, CUSTOMERS)):
            assert len(rows) == len(CUSTOMERS)
            for row, figures in zip(rows, wanted, strict=True):
                for name, figure in figures.items():
                    assert math.isfinite(row[name])
                    assert row[name] == pytest.approx(float(figure), rel=1e-10, abs=1e-250), row


def test_customers_of_cdnow_are_as_published(store: DuckDB) -> None:
    """Fader, Hardie and Lee 2005: 1.226 orders in 39 weeks; 25.758 in 52, alive 0.9689."""
    in_days = (0.2425945, 4.4136019 * 7, 0.7929199, 2.4258881)
    first = in_duckdb(store, model("bg/nbd", in_days, 39 * 7), [History(2, 213, 272)])[0]
    assert first["expected_orders"] == pytest.approx(1.226, abs=6e-4)
    often = in_duckdb(store, model("bg/nbd", in_days, 52 * 7), [History(26, 216, 217)])[0]
    assert often["expected_orders"] == pytest.approx(25.758, abs=2e-2)
    assert often["p_alive"] == pytest.approx(0.9689, abs=2e-4)
    gone = in_duckdb(store, model("bg/nbd", in_days, 90), [History(1000, 70, 700)])[0]
    assert gone["p_alive"] == pytest.approx(0.0, abs=1e-12)
    in_days = (0.525, 6.183 * 7, 0.891, 1.614)
    by_mbg = in_duckdb(store, model("mbg/nbd", in_days, 39 * 7), [History(2, 213, 272)])[0]
    assert by_mbg["expected_orders"] == pytest.approx(1.2627, abs=6e-4)


def test_the_amount_of_an_order_is_as_published(store: DuckDB) -> None:
    """Fader and Hardie 2013 (brucehardie.com/notes/025), customers 1, 2, 3, 6 and 9 of CDNOW."""
    published = {
        (2, 22.35): 24.65,
        (1, 11.77): 18.91,
        (0, None): 35.17,
        (7, 73.74): 71.46,
        (2, 25.55): 27.28,
    }
    exact_spend = SpendModel(
        Estimate(6.24957, 1), Estimate(3.74422, 1), Estimate(15.44352, 1), 0.0, 946
    )
    of = replace(model("mbg/nbd", PARAMETERS[0], 90), spend=exact_spend)
    customers = [History(repeats, 0, 30) for repeats, _ in published]
    rows = arrow(customers).set_column(
        4, "amount", pa.array([None if m is None else m * x for x, m in published], pa.float64())
    )
    histories = store.rows_table("histories", rows)
    rule = store.rows_table("nodes", pa.Table.from_pylist(nodes(of)))
    values = store.rows(customer_value(histories, rule, of).order_by("customer_id"))
    for row, wanted in zip(values, published.values(), strict=True):
        assert row["expected_order_value"] == pytest.approx(wanted, abs=1e-2)


def test_who_gave_everything_back_is_expected_to_pay_little(store: DuckDB) -> None:
    of = model("mbg/nbd", PARAMETERS[0], 90)
    rows = arrow([History(3, 20, 30), History(3, 20, 30)])
    rows = rows.set_column(4, "amount", pa.array([-50.0, 0.0]))
    histories = store.rows_table("histories", rows)
    rule = store.rows_table("nodes", pa.Table.from_pylist(nodes(of)))
    back, nothing = store.rows(customer_value(histories, rule, of).order_by("customer_id"))
    assert of.spend is not None
    assert back["expected_order_value"] == nothing["expected_order_value"] < of.spend.mean / 2


def test_where_nobody_stops_activity_is_not_claimed(store: DuckDB) -> None:
    mbg = model("mbg/nbd", (0.5, 40.0, 1.0, 1.0), 90)
    nbd = replace(mbg, purchases=replace(mbg.purchases, family="nbd", a=None, b=None))
    empty = store.rows_table(
        "nodes", pa.table({n: pa.array([], pa.float64()) for n in NODES.columns})
    )
    histories = store.rows_table("histories", arrow([History(3, 20, 60)]))
    row = store.rows(customer_value(histories, empty, nbd))[0]
    assert row["p_alive"] is None
    assert row["value_at_risk"] is None
    # NBD: (r + x) t / (alpha + T).
    assert row["expected_orders"] == pytest.approx(3.5 * 90 / 100)
    assert row["probability_of_order"] == pytest.approx(1 - (100 / 190) ** 3.5)


def test_more_orders_than_days_overflow_nothing(store: DuckDB) -> None:
    """Histories that no one has by whole days, as a model may meet them in other units."""
    families: tuple[Family, ...] = ("mbg/nbd", "bg/nbd")
    for family, values, horizon in itertools.product(families, PARAMETERS, HORIZONS):
        of = model(family, values, horizon)
        row = in_duckdb(store, of, [History(1000, 10, 100)])[0]
        assert row["p_alive"] == pytest.approx(0.0, abs=1e-9)
        for name in ("expected_orders", "expected_value", "probability_of_order"):
            assert 0.0 <= row[name] < 1e-6


def test_the_next_order_is_as_likely_as_not(store: DuckDB) -> None:
    of = model("mbg/nbd", PARAMETERS[1], 90)
    for row in in_duckdb(store, of, CUSTOMERS):
        days = row["next_order_days"]
        if days is None:
            assert row["p_alive"] <= 0.5 or row["repeats"] == 0
            continue
        alpha, r = of.purchases.alpha.value + row["observed"], of.purchases.r.value + row["repeats"]
        by_then = row["p_alive"] * (1 - (alpha / (alpha + days)) ** r)
        assert by_then == pytest.approx(0.5, rel=1e-9)


def drawn(customers: int, horizon: int) -> tuple[list[History], Floats]:
    """Histories of MBG/NBD by the planted parameters, and how often each ordered next."""
    draw = np.random.default_rng(17)
    r, alpha, a, b = PARAMETERS[1]
    rate, stop = draw.gamma(r, 1 / alpha, customers), draw.beta(a, b, customers)
    observed = np.floor(draw.uniform(100, 500, customers))
    repeats, last = np.zeros(customers, int), np.zeros(customers)
    later, at = np.zeros(customers, int), np.zeros(customers)
    active = draw.random(customers) >= stop
    while active.any():
        at = np.where(active, at + draw.exponential(1 / rate), np.inf)
        known, coming = at <= observed, (at > observed) & (at <= observed + horizon)
        repeats, last = repeats + known, np.where(known, at, last)
        later = later + coming
        active &= (known | coming) & (draw.random(customers) >= stop)
    histories = [History(*row) for row in zip(repeats.tolist(), last.tolist(), observed.tolist(),
                                              strict=True)]  # fmt: skip
    return histories, later.astype(np.float64)


def test_a_planted_shop_is_calibrated_in_every_tenth(store: DuckDB) -> None:
    """Parameters are learned of the histories; what they foresee is what was drawn next."""
    horizon = 120
    histories, later = drawn(150_000, horizon)
    rows = pa.table(
        {
            "customer_id": range(len(histories)),
            "repeats": pa.array([h.repeats for h in histories], pa.int64()),
            "last": pa.array([float(h.last) for h in histories]),
            "observed": pa.array([float(h.observed) for h in histories]),
            "amount": pa.array([0.0] * len(histories)),
            "end_day": pa.array([15_000] * len(histories)),
        }
    )
    counts = rows.append_column("customers", pa.array([1.0] * len(histories)))
    learned = fit_purchases(Histories.of(counts), "mbg/nbd")
    of = ValueModel(learned, None, horizon)
    table, rule = (
        store.rows_table("histories", rows),
        store.rows_table("nodes", pa.Table.from_pylist(nodes(of))),
    )
    values = store.fetch(customer_value(table, rule, of).order_by("customer_id"))
    for name, came in (
        ("expected_orders", later),
        ("probability_of_order", (later > 0).astype(float)),
    ):
        expected = values[name].to_numpy()
        order = np.argsort(expected, kind="stable")
        for tenth in np.array_split(order, 10):
            error = came[tenth].std() / math.sqrt(len(tenth))
            apart = abs(came[tenth].mean() - expected[tenth].mean())
            assert apart < max(0.05 * expected[tenth].mean(), 3 * error)
