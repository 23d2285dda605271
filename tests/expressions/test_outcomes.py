"""Rankings against scikit-learn and against every order of equal customers."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from sklearn.metrics import roc_auc_score

from segdb.engines.duckdb.database import DuckDB
from segdb.expressions.outcomes import calibration, rankings

CUSTOMERS = 400


@pytest.fixture
def rows(store: DuckDB) -> pa.Table:
    draw = np.random.default_rng(3)
    revenue = np.where(draw.random(CUSTOMERS) < 0.4, draw.lognormal(3, 1, CUSTOMERS), 0.0)
    table = pa.table(
        {
            "customer_id": np.arange(CUSTOMERS),
            "revenue_after": revenue,
            "returned": (revenue > 0).astype(float),
            "order_days_after": np.ceil(revenue / 50),
            "fine": revenue + draw.normal(0, 30, CUSTOMERS),
            "coarse": np.round(revenue + draw.normal(0, 60, CUSTOMERS), -2),
            "same": np.ones(CUSTOMERS),
            "expected_value": revenue * 0.8 + 5,
            "probability_of_order": draw.random(CUSTOMERS),
        }
    )
    store.rows_table("rows", table)
    return table


def area(order: np.ndarray, revenue: np.ndarray) -> float:
    """Under the curve of revenue by customers, straight between them."""
    sums = np.concatenate([[0.0], np.cumsum(revenue[order])]) / revenue.sum()
    return float(np.trapezoid(sums, dx=1 / len(revenue)))


def measured(store: DuckDB, *names: str) -> dict[str, dict[str, Any]]:
    table = store.unbound("rows", "rows")
    found = store.rows(rankings(table, {name: table[name] for name in names}))
    return {str(row["ranking"]): row for row in found}


def test_a_ranking_without_equals(store: DuckDB, rows: pa.Table) -> None:
    revenue, score = rows["revenue_after"].to_numpy(), rows["fine"].to_numpy()
    row = measured(store, "fine")["fine"]
    order = np.argsort(-score)
    assert row["area"] == pytest.approx(area(order, revenue))
    assert row["auc"] == pytest.approx(roc_auc_score(revenue > 0, score))
    assert row["top_10"] == pytest.approx(revenue[order][:40].sum() / revenue.sum())
    assert row["top_20"] == pytest.approx(revenue[order][:80].sum() / revenue.sum())
    assert row["customers"] == CUSTOMERS


def test_equals_share_their_places(store: DuckDB, rows: pa.Table) -> None:
    revenue, score = rows["revenue_after"].to_numpy(), rows["coarse"].to_numpy()
    found = measured(store, "coarse", "same")
    draw = np.random.default_rng(4)
    areas, tops = [], []
    for _ in range(400):
        order = np.lexsort([draw.random(CUSTOMERS), -score])
        areas.append(area(order, revenue))
        tops.append(revenue[order][:40].sum() / revenue.sum())
    assert found["coarse"]["area"] == pytest.approx(np.mean(areas), abs=2e-3)
    assert found["coarse"]["top_10"] == pytest.approx(np.mean(tops), abs=8e-3)
    assert found["coarse"]["auc"] == pytest.approx(roc_auc_score(revenue > 0, score))
    assert found["same"]["area"] == pytest.approx(0.5)
    assert found["same"]["auc"] == pytest.approx(0.5)
    assert found["same"]["top_20"] == pytest.approx(0.2)


def test_without_revenue_or_returns_nothing_is_said(store: DuckDB) -> None:
    store.rows_table(
        "rows",
        pa.table({"customer_id": [1, 2], "fine": [1.0, 2.0], "revenue_after": [0.0, 0.0],
                  "returned": [0.0, 0.0]}),
    )  # fmt: skip
    row = measured(store, "fine")["fine"]
    assert row["area"] is None
    assert row["auc"] is None
    assert row["top_10"] is None


def test_calibration(store: DuckDB, rows: pa.Table) -> None:
    table = store.unbound("rows", "rows")
    found = store.rows(calibration(table, ["expected_value", "probability_of_order"]))
    assert len(found) == 20
    value, came = (rows[name].to_numpy() for name in ("expected_value", "revenue_after"))
    order = np.lexsort([np.arange(CUSTOMERS), value])
    for row, part in itertools.product(found, [0, 5, 9]):
        if row["measure"] == "expected_value" and row["tenth"] == part + 1:
            place = order[part * 40 : part * 40 + 40]
            assert row["customers"] == 40
            assert row["expected"] == pytest.approx(value[place].mean())
            assert row["actual"] == pytest.approx(came[place].mean())
