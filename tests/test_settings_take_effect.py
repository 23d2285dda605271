"""Settings reach what they name: each is turned in a whole run, and its effect is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import duckdb
import numpy as np
import pytest
from scipy import stats

import segdb
from segdb.engines.duckdb.database import DuckDB
from segdb.features.rfm import grid
from segdb.pipeline.rolling_back import rollback
from segdb.pipeline.scoring import score
from segdb.steps.progress import Notes
from segdb.steps.use.export_sql import ExportTarget, compile_run
from segdb.steps.use.score import ScoringJob
from tests.steps import shops


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with shops.opened() as connection:
        yield connection


def run(connection: duckdb.DuckDBPyConnection, **sections: Any) -> segdb.Result:
    settings = shops.settings("orders")
    for name, keys in sections.items():
        settings[name] = {**settings.get(name, {}), **keys}
    return segdb.run("shop", database=connection, settings=settings)


@pytest.mark.parametrize(
    ("criterion", "best"),
    [
        ("davies_bouldin", min),
        pytest.param("silhouette", max, marks=pytest.mark.slow),
        pytest.param("calinski_harabasz", max, marks=pytest.mark.slow),
    ],
)
def test_criterion_and_range(
    connection: duckdb.DuckDBPyConnection, criterion: str, best: Any
) -> None:
    made = run(connection, cluster={"k": "auto", "k_min": 3, "k_max": 6, "criterion": criterion})
    rows = made.table("k_selection").to_pylist()
    assert [row["k"] for row in rows] == [3, 4, 5, 6]
    wanted = best(rows, key=lambda row: row[criterion])
    assert [row["k"] for row in rows if row["selected"]] == [wanted["k"]] == [made.facts["k"]]


# That refining moves centroids is held by tests/steps/segment/test_refine.py.
@pytest.mark.slow
def test_max_refine(connection: duckdb.DuckDBPyConnection) -> None:
    steps = [
        run(connection, cluster={"matrix_rows": 100, "max_refine": most}).facts["refine_steps"]
        for most in (0, 30)
    ]
    assert steps[0] in (0, None)
    assert steps[1] >= 1


# That ids are kept by default is held by tests/steps/lifecycle/test_match_segments.py.
@pytest.mark.parametrize(
    ("cluster", "kept"),
    [({"match_within": 0}, False), pytest.param({}, True, marks=pytest.mark.slow)],
)
def test_match_within(
    connection: duckdb.DuckDBPyConnection, cluster: dict[str, Any], kept: bool
) -> None:
    before = {row["segment_id"] for row in run(connection).segments}
    connection.execute("UPDATE shop SET total = total * 1.3 WHERE client < 'c5'").fetchall()
    after = {row["segment_id"] for row in run(connection, cluster=cluster).segments}
    assert bool(after & before) == kept


@pytest.mark.parametrize(("most", "left"), [pytest.param(1.0, 0, marks=pytest.mark.slow), (0.3, 1)])
def test_max_correlation(connection: duckdb.DuckDBPyConnection, most: float, left: int) -> None:
    made = run(connection, features={**shops.ALL_FEATURES, "max_correlation": most})
    rows = made.table("feature_parameters").to_pylist()
    reasons = [row["left_out"] for row in rows if row["left_out"]]
    assert len(reasons) >= left
    assert all(reason.startswith("r = ") for reason in reasons) or not left
    inside = {row["feature"] for row in rows if row["position"] is not None}
    pairs = made.table("feature_correlations").to_pylist()
    assert all(
        abs(row["r"]) <= most + 1e-9
        for row in pairs
        if row["feature"] != row["other"] and {row["feature"], row["other"]} <= inside
    )


def test_describe(connection: duckdb.DuckDBPyConnection) -> None:
    features = {**shops.ALL_FEATURES, "describe": ["tenure_days"]}
    made = run(connection, features=features)
    rows = {row["feature"]: row for row in made.table("feature_parameters").to_pylist()}
    assert rows["tenure_days"]["position"] is None
    assert made.query("SELECT count(tenure_days) AS n FROM segdb.customer_features").to_pylist()


def kept_runs(connection: duckdb.DuckDBPyConnection) -> list[int]:
    """Return the runs that are kept, whose tables are there and no others."""
    rows = connection.execute("SELECT run_id FROM segdb.kept_runs ORDER BY run_id").fetchall()
    tables = connection.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'segdb_kept'"
    ).fetchall()
    assert tables == [(3 * len(rows),)]
    return [run_id for (run_id,) in rows]


def test_fewer_runs_are_kept(connection: duckdb.DuckDBPyConnection) -> None:
    kept = []
    for most in (1, 1, 0):
        run(connection, publish={"keep_runs": most})
        kept.append(kept_runs(connection))
    assert kept == [[], [1], []]


@pytest.mark.slow
@pytest.mark.parametrize("most", [0, 1, 2])
def test_keep_runs(connection: duckdb.DuckDBPyConnection, most: int) -> None:
    for _ in range(4):
        run(connection, publish={"keep_runs": most})
    assert kept_runs(connection) == list(range(4 - most, 4))


def scores(made: segdb.Result, column: str) -> list[dict[str, Any]]:
    sql = f"SELECT *, monetary AS m FROM segdb.customer_features ORDER BY {column}, customer_id"
    rows: list[dict[str, Any]] = made.query(sql).to_pylist()
    return rows


@pytest.mark.parametrize("bins", [3, pytest.param(4, marks=pytest.mark.slow)])
def test_rfm_bins_and_ranks(connection: duckdb.DuckDBPyConnection, bins: int) -> None:
    made = run(connection, rfm={"bins": bins, "ties": "rank"})
    for column, name, better in (
        ("recency_days", "r_score", reversed),
        ("frequency", "f_score", iter),
        ("monetary", "m_score", iter),
    ):
        rows = scores(made, column)
        wanted = np.array_split(np.arange(len(rows)), bins)
        given = list(better(range(1, bins + 1)))
        assert [row[name] for row in rows] == [
            number for number, part in zip(given, wanted, strict=True) for _ in part
        ]
    named = grid(bins, bins)
    assert all(row["rfm_segment"] == named[row["r_score"], row["f_score"]] for row in rows)
    comment = connection.execute(
        "SELECT comment FROM duckdb_columns() WHERE table_name = 'customer_features' AND "
        "column_name = 'r_score' AND schema_name = 'segdb'"
    ).fetchall()
    assert f"in {bins} groups of equal size: {bins} the most recent" in comment[0][0]
    counted = made.query("SELECT sum(customers) AS n FROM segdb.rfm_by_segment").to_pylist()
    assert counted == [{"n": len(rows)}]
    # Nothing new is read: the same scores by the same model, after a refresh as before.
    again = segdb.refresh(database=connection)
    assert scores(again, "customer_id") == scores(made, "customer_id")


# Scores by edges of any number are held by tests/features/test_rfm.py.
@pytest.mark.slow
def test_rfm_edges(connection: duckdb.DuckDBPyConnection) -> None:
    edges = {"recency_days": [10, 40], "monetary": [2000, 9000]}
    made = run(connection, rfm={"bins": 3, "edges": edges})
    for row in scores(made, "customer_id"):
        assert row["r_score"] == 3 - sum(row["recency_days"] > edge for edge in (10, 40))
        assert row["m_score"] == 1 + sum(row["m"] > edge for edge in (2000, 9000))


def test_rfm_segments_have_a_history(connection: duckdb.DuckDBPyConnection) -> None:
    rules = {'It\'s "big" {x}': "m_score >= 4 AND recency_days < 60", "Old": "tenure_days > 150"}
    wanted = """
SELECT customer_id, CASE WHEN m_score >= 4 AND recency_days < 60 THEN 'It''s "big" {x}'
    WHEN tenure_days > 150 THEN 'Old' ELSE 'Rest' END AS rfm_segment
FROM segdb.customer_features ORDER BY customer_id
"""
    mine = "SELECT customer_id, rfm_segment FROM segdb.customer_features ORDER BY customer_id"
    there = (
        "SELECT customer_id, rfm_segment FROM segdb.rfm_segment_history "
        "WHERE valid_to IS NULL ORDER BY customer_id"
    )
    at = datetime(2024, 7, 1)
    settings = shops.settings(
        "orders", features=shops.ALL_FEATURES, rfm={"segments": rules, "other": "Rest"}
    )
    made = segdb.run("shop", database=connection, settings={**settings, "as_of": at})
    first = made.query(mine).to_pylist()
    assert first == made.query(wanted).to_pylist() == made.query(there).to_pylist()
    assert len({row["rfm_segment"] for row in first}) == 3
    later = {**settings, "as_of": at + timedelta(40)}
    made = segdb.run("shop", database=connection, settings=later)
    second = made.query(mine).to_pylist()
    assert second == made.query(wanted).to_pylist() == made.query(there).to_pylist()
    moved = sum(a != b for a, b in zip(first, second, strict=True))
    counted = (
        "SELECT sum(customers) AS n FROM segdb.rfm_segment_migrations "
        "WHERE run_id = 2 AND from_rfm_segment <> to_rfm_segment"
    )
    assert made.query(counted).to_pylist() == [{"n": moved}]
    assert moved
    wide = "SELECT customer_id, rfm_segment FROM segdb.customer_segments ORDER BY customer_id"
    assert made.query(wide).to_pylist() == second
    store = DuckDB(connection)
    rollback(store, "segdb", 1, 3)
    assert store.rows(mine) == first == store.rows(there)


def test_a_rule_of_customers_without_orders(connection: duckdb.DuckDBPyConnection) -> None:
    settings = shops.settings("customers", rfm={"segments": {"Young": "age < 40"}})
    made = segdb.run(customers="people", database=connection, settings=settings)
    names = made.query("SELECT age, rfm_segment AS name FROM segdb.customer_features").to_pylist()
    assert {(row["age"] is not None and row["age"] < 40, row["name"]) for row in names} == {
        (True, "Young"),
        (False, "Other"),
    }


@pytest.mark.parametrize("name", [pytest.param("sqrt", marks=pytest.mark.slow), "yeo-johnson"])
def test_transform(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    made = run(connection, features={"transform": name})
    rows = {row["feature"]: row for row in made.table("feature_parameters").to_pylist()}
    assert {row["transform"] for row in rows.values()} == {name}
    values = made.query("SELECT monetary FROM segdb.customer_features")["monetary"].to_numpy()
    p = rows["monetary"]
    capped = np.clip(values, p["lower"], p["upper"])
    moved = np.sqrt(capped)
    if name == "yeo-johnson":
        moved, power = stats.yeojohnson(capped)
        assert p["power"] == pytest.approx(power, abs=1e-5)
    assert p["center"] == pytest.approx(moved.mean(), rel=1e-4)
    assert p["spread"] == pytest.approx(moved.std(), rel=1e-4)
    same_live(connection)


def same_live(connection: duckdb.DuckDBPyConnection) -> None:
    columns = "SELECT customer_id, segment_id, round(distance, 9) AS d"
    for one, other in (("segments", "segments_live"), ("segments_live", "segments")):
        sql = f"{columns} FROM segdb.{one} EXCEPT {columns} FROM segdb.{other}"
        assert connection.execute(sql).fetchall() == []


@pytest.mark.parametrize("fill", [pytest.param("before", marks=pytest.mark.slow), "after"])
def test_outliers_are_rejected(connection: duckdb.DuckDBPyConnection, fill: str) -> None:
    every = shops.ALL_FEATURES
    kept = run(connection, features=every).table("customer_features").to_pylist()
    bounds = {"monetary": [1000, 15000]}
    outliers = {"action": "reject", "upper": 0.95, "bounds": bounds, "fill": fill}
    made = run(connection, outliers=outliers, features={**every, "describe": ["tenure_days"]})
    names = [name for name in kept[0] if name.endswith(("days", "value", "orders", "ncy"))]
    wanted: dict[str, str] = {}
    for name in [n for n in (*names, "monetary") if n != "tenure_days"]:
        values = np.array([row[name] for row in kept], float)
        filled = np.where(np.isnan(values), np.nanmedian(values), values)
        source = filled if fill == "before" else values[~np.isnan(values)]
        low, high = bounds.get(name) or np.percentile(source, [1, 95])
        out = [r["customer_id"] for r in kept if r[name] is not None and not low <= r[name] <= high]
        wanted |= dict.fromkeys(out, name)
    left = {row["customer_id"] for row in made.table("segments").to_pylist()}
    assert left == {row["customer_id"] for row in kept} - set(wanted)
    assert len(names) == 5
    facts = made.facts
    assert facts["rows_read"] == facts["rows_kept"] + facts["rows_rejected"]
    rejected = made.query(
        "SELECT reason, count(DISTINCT row->>'client') AS n FROM segdb.rejected_rows "
        "WHERE reason LIKE 'outlier %' GROUP BY ALL"
    ).to_pylist()
    assert sum(row["n"] for row in rejected) == len(wanted)
    assert {row["reason"].removeprefix("outlier ") for row in rejected} <= set(wanted.values()) | {
        "monetary"
    }
    same_live(connection)
    before = made.table("feature_parameters").to_pylist()
    again = segdb.refresh(database=connection)
    assert again.facts["customers"] == facts["customers"]
    assert again.table("feature_parameters").to_pylist() == before
    scored = score(DuckDB(connection), "segdb", ScoringJob("shop", None), Notes())
    assert scored.customers == facts["customers"]
    # The package and the script leave them out as well.
    sql = compile_run(DuckDB(connection), "segdb", ExportTarget())
    assert len(connection.execute(sql).fetchall()) == len(left)


def test_fill_after_capping(connection: duckdb.DuckDBPyConnection) -> None:
    settings = shops.settings("both", outliers={"fill": "after", "upper": 0.8})
    made = segdb.run(**shops.sources("both"), database=connection, settings=settings)
    rows = {row["feature"]: row for row in made.table("feature_parameters").to_pylist()}
    age = made.query("SELECT age FROM segdb.customer_features WHERE age IS NOT NULL")["age"]
    bounds = np.percentile(age.to_numpy(), [1, 80])
    assert (rows["age"]["lower"], rows["age"]["upper"]) == pytest.approx(tuple(bounds))
    assert rows["age"]["fill"] == pytest.approx(np.median(np.clip(age.to_numpy(), *bounds)))
    assert {row["filled"] for row in rows.values()} == {"after capping"}
    same_live(connection)
