"""Settings reach what they name: each is turned in a whole run, and its effect is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

import segdb
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
    [("silhouette", max), ("davies_bouldin", min), ("calinski_harabasz", max)],
)
def test_criterion_and_range(
    connection: duckdb.DuckDBPyConnection, criterion: str, best: Any
) -> None:
    made = run(connection, cluster={"k": "auto", "k_min": 3, "k_max": 6, "criterion": criterion})
    rows = made.table("k_selection").to_pylist()
    assert [row["k"] for row in rows] == [3, 4, 5, 6]
    wanted = best(rows, key=lambda row: row[criterion])
    assert [row["k"] for row in rows if row["selected"]] == [wanted["k"]] == [made.facts["k"]]


def test_max_refine(connection: duckdb.DuckDBPyConnection) -> None:
    steps = [
        run(connection, cluster={"matrix_rows": 100, "max_refine": most}).facts["refine_steps"]
        for most in (0, 30)
    ]
    assert steps[0] in (0, None)
    assert steps[1] >= 1


def test_match_within(connection: duckdb.DuckDBPyConnection) -> None:
    run(connection)
    connection.execute("UPDATE shop SET total = total * 1.3 WHERE client < 'c5'").fetchall()
    kept = {row["segment_id"] for row in run(connection).segments}
    assert kept & {1, 2, 3}
    connection.execute("UPDATE shop SET total = total * 1.3 WHERE client < 'c5'").fetchall()
    apart = {row["segment_id"] for row in run(connection, cluster={"match_within": 0}).segments}
    assert not apart & kept


@pytest.mark.parametrize(("most", "left"), [(1.0, 0), (0.3, 1)])
def test_max_correlation(connection: duckdb.DuckDBPyConnection, most: float, left: int) -> None:
    made = run(connection, features={"max_correlation": most})
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
    made = run(connection, features={"describe": ["tenure_days"]})
    rows = {row["feature"]: row for row in made.table("feature_parameters").to_pylist()}
    assert rows["tenure_days"]["position"] is None
    assert made.query("SELECT count(tenure_days) AS n FROM segdb.customer_features").to_pylist()


@pytest.mark.parametrize("most", [0, 1, 2])
def test_keep_runs(connection: duckdb.DuckDBPyConnection, most: int) -> None:
    for _ in range(4):
        run(connection, publish={"keep_runs": most})
    kept = connection.execute("SELECT run_id FROM segdb.kept_runs ORDER BY run_id").fetchall()
    assert kept == [(run_id,) for run_id in (1, 2, 3)[3 - most :]]
    tables = connection.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'segdb_kept'"
    ).fetchall()
    assert tables == [(2 * most,)]
