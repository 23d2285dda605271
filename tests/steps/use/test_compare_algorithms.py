"""The tables of a comparison agree with each other and with the customers."""

from __future__ import annotations

import json
from collections.abc import Iterator

import duckdb
import pytest

import segdb
from segdb.cluster import compare as algorithms
from segdb.engines.duckdb.database import DuckDB
from segdb.errors import PublishError
from segdb.steps.use.compare_algorithms import ComparedRun, compare_run
from tests.steps import shops


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """A run of 180 customers, whose ids are of a type that Arrow does not have."""
    with shops.opened() as opened:
        opened.execute(
            "CREATE TABLE by_uuid AS SELECT * REPLACE (md5(client)::UUID AS client) FROM shop"
        ).fetchall()
        segdb.run("by_uuid", database=opened, settings=shops.settings("orders"))
        yield opened


@pytest.fixture(scope="module")
def whole(connection: duckdb.DuckDBPyConnection) -> ComparedRun:
    return compare_run(DuckDB(connection), "segdb")


def asked(connection: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[object, ...]]:
    return connection.execute(sql).fetchall()


LABELS = "SELECT algorithm, cluster, count(*) FROM segdb.algorithm_labels GROUP BY ALL"


def counted(connection: duckdb.DuckDBPyConnection) -> dict[tuple[object, object], object]:
    return {(name, cluster): count for name, cluster, count in asked(connection, LABELS)}


def test_sizes_are_those_of_the_labels(
    connection: duckdb.DuckDBPyConnection, whole: ComparedRun
) -> None:
    expected: dict[tuple[object, object], object] = {}
    for row in whole.rows:
        expected |= {(row["algorithm"], i): size for i, size in enumerate(row["sizes"], start=1)}
        if row["noise"]:
            expected[row["algorithm"], None] = row["noise"]
        assert sum(row["sizes"]) + row["noise"] == row["rows"] == whole.compared == whole.customers
    assert counted(connection) == expected
    published = asked(connection, "SELECT algorithm, sizes FROM segdb.algorithm_comparison")
    assert {name: json.loads(str(sizes)) for name, sizes in published} == {
        row["algorithm"]: row["sizes"] for row in whole.rows
    }


@pytest.mark.usefixtures("whole")
def test_labels_join_the_customers_as_they_are(connection: duckdb.DuckDBPyConnection) -> None:
    assert asked(
        connection,
        "SELECT DISTINCT typeof(l.customer_id) = 'UUID' AND typeof(s.customer_id) = 'UUID' "
        "FROM segdb.algorithm_labels AS l JOIN segdb.segments AS s USING (customer_id)",
    ) == [(True,)]
    joined = "segdb.algorithm_labels JOIN segdb.segments USING (customer_id)"
    found = asked(connection, f"SELECT algorithm, count(*) FROM {joined} GROUP BY ALL")
    customers = asked(connection, "SELECT count(*) FROM segdb.segments")[0][0]
    assert set(found) == {(name, customers) for name in algorithms.ALGORITHMS}


def test_the_inertia_is_that_of_the_labels_in_scaled_units(
    connection: duckdb.DuckDBPyConnection, whole: ComparedRun
) -> None:
    """Of K-Means, whose clusters are the published segments, by the distances to those."""
    row = whole.rows[0]
    assert (row["algorithm"], row["adjusted_rand"]) == ("K-Means", 1.0)
    squares = asked(connection, "SELECT sum(distance * distance) FROM segdb.segments")[0][0]
    assert row["inertia"] == pytest.approx(squares, rel=1e-6)
    pairs = asked(
        connection,
        "SELECT DISTINCT cluster, segment_id FROM segdb.algorithm_labels "
        "JOIN segdb.segments USING (customer_id) WHERE algorithm = 'K-Means'",
    )
    assert len(pairs) == len({cluster for cluster, _ in pairs}) == 3


def test_of_a_draw_the_labels_are_of_those_who_were_drawn(
    connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(algorithms, "ROWS", 100)
    found = compare_run(DuckDB(connection), "segdb")
    assert (found.compared, found.customers) == (100, 180)
    drawn = "SELECT algorithm, count(DISTINCT customer_id), count(*) FROM segdb.algorithm_labels"
    rows = asked(connection, f"{drawn} GROUP BY ALL")
    assert {(customers, labels) for _, customers, labels in rows} == {(100, 100)}


def test_both_tables_are_written_or_neither(
    connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    compare_run(DuckDB(connection), "segdb")
    tables = ("algorithm_comparison", "algorithm_labels")
    before = [asked(connection, f"FROM segdb.{name} ORDER BY ALL") for name in tables]
    # The comparison is written first; then the labels cannot be.
    monkeypatch.setattr(DuckDB, "key_type", lambda *_: "INTEGER")
    with pytest.raises((PublishError, duckdb.Error)):
        compare_run(DuckDB(connection), "segdb")
    assert [asked(connection, f"FROM segdb.{name} ORDER BY ALL") for name in tables] == before
    sql = "SELECT view_name FROM duckdb_views() WHERE NOT internal UNION ALL "
    relations = asked(connection, sql + "SELECT table_name FROM duckdb_tables()")
    assert ("segdb_labels",) not in relations
