"""Refresh: the tables of a full run with the model held, whatever was appended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import segdb
from segdb import contract
from segdb.charts import criteria, quality_by_segment
from segdb.engines.duckdb.database import DuckDB
from segdb.errors import SettingsError, SourceError, UserError
from segdb.model import Model
from segdb.report.published import Published
from segdb.steps.progress import Notes
from tests.depth import examples
from tests.steps import shops
from tests.steps.published import Publications

START = datetime(2026, 1, 1)
OWN = {"sql": {"largest": "max(total)", "departments": "count(DISTINCT department)"}}
# What differs between two runs that did the same in other databases, or by another way.
_OF_THE_RUN = {
    # The model as text: both learned it, and its last bits are of the order of the rows.
    "runs": {"started_at", "finished_at", "settings", "model", "versions", "signature"},
    "segment_history": {"run_id"},
}


Database = Callable[..., duckdb.DuckDBPyConnection]


def written(path: Path) -> None:
    """Write a database whose orders are in the order of their time: as a shop's books grow."""
    with shops.opened(900, path) as connection:
        connection.execute("CREATE TABLE lines AS SELECT *, row_number() OVER () AS line FROM shop")
        connection.execute("CREATE TABLE grown AS FROM lines ORDER BY bought_at").fetchall()


@pytest.fixture(scope="module")
def database(
    publications: Publications, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """Open databases that a run of these settings has been published to."""
    folder, places = tmp_path_factory.mktemp("refreshed"), count()
    with ExitStack() as connections:

        def made(**sections: Any) -> duckdb.DuckDBPyConnection:
            features = {**OWN, "categories": ["card"]}
            chosen = {**shops.settings("orders", features=features), **sections}
            given = {"orders": "grown", "customers": "people"}
            path = publications.copy(folder / f"{next(places)}.duckdb", written, given, chosen)
            return connections.enter_context(duckdb.connect(str(path)))

        yield made


def model_of(connection: duckdb.DuckDBPyConnection) -> Model:
    """Return the model of run 1."""
    text = connection.execute("SELECT model FROM segdb.runs WHERE run_id = 1").fetchall()[0][0]
    return Model.from_json(text)


def tables(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, list[Any]]]:
    """Every published table but the copies of earlier runs, its rows in an order of their own."""
    for table in contract.TABLES:
        if table in (contract.KEPT_RUNS, contract.SEGMENTS_LIVE):
            continue
        left_out = _OF_THE_RUN.get(table.name, set())
        columns = [
            row[0]
            for row in connection.execute(f"DESCRIBE segdb.{table.name}").fetchall()
            if row[0] not in left_out
        ]
        names = ", ".join(f'"{name}"' for name in columns)
        rows = connection.execute(f"SELECT {names} FROM segdb.{table.name} ORDER BY ALL")
        yield table.name, rows.fetchall()


def same(one: list[Any], other: list[Any]) -> bool:
    """Sums of DOUBLE differ in their last bits with the order of the rows."""
    return len(one) == len(other) and all(
        a == b or (isinstance(a, float) and pytest.approx(a, rel=1e-9, abs=1e-9) == b)
        for left, right in zip(one, other, strict=True)
        for a, b in zip(left, right, strict=True)
    )


def append(connection: duckdb.DuckDBPyConnection, rows: list[tuple[Any, ...]]) -> None:
    connection.executemany("INSERT INTO grown VALUES (?, ?, ?, ?, ?, ?)", rows).fetchall()


lines = st.tuples(
    # Customers that are there, new ones, and none.
    st.one_of(st.integers(0, 200).map(lambda i: f"c{i}"), st.none()),
    # Orders of before are added to, too.
    st.one_of(st.integers(0, 460), st.none()),
    st.one_of(st.integers(0, 20 * 24 * 60), st.none(), st.just(10**7)),
    st.one_of(st.integers(-300, 4000).map(lambda cents: cents / 10), st.none()),
    st.sampled_from(["tea", "cups", "pots", None]),
)
batches = st.lists(st.lists(lines, min_size=1, max_size=25), min_size=1, max_size=2)


# To shrink a failure would take longer than to read it.
@settings(
    max_examples=examples(4),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(
    appended=batches,
    watermark=st.sampled_from(["ordered_at", "line"]),
    duplicates=st.sampled_from(["reject", "keep"]),
)
def test_it_gives_the_tables_of_a_full_run_with_the_model_held(
    database: Database, appended: list[list[tuple[Any, ...]]], watermark: str, duplicates: str
) -> None:
    clean = {"clean": {"duplicates": duplicates}}
    by_parts = database(source={"watermark": watermark}, **clean)
    whole = database(**clean)
    with by_parts, whole:
        line = 10_000
        after = by_parts.execute("SELECT max(bought_at) FROM grown").fetchall()[0][0]
        for batch in appended:
            rows = []
            for client, basket, minutes, total, department in batch:
                moment = None if minutes is None else after + timedelta(minutes=minutes)
                line += 1
                rows.append((client, basket, moment, total, department, line))
            # Twice the same line, as a broken feed sends it.
            rows.append(rows[0])
            after = max([after, *(r[2] for r in rows if r[2] and r[2].year < 2030)])
            for connection in (by_parts, whole):
                append(connection, rows)
                segdb.refresh(database=connection)
        touched = by_parts.execute("SELECT count(*) FROM segdb_touched").fetchall()[0][0]
        assert 0 < touched < 200
        for (name, found), (_, expected) in zip(tables(by_parts), tables(whole), strict=True):
            assert same(found, expected), name
        assert_kept_as_if_aggregated_anew(by_parts)


def assert_kept_as_if_aggregated_anew(connection: duckdb.DuckDBPyConnection) -> None:
    """What is kept for the next refresh is what it is where there was nothing to go on from."""
    last = connection.execute("SELECT max(run_id) FROM segdb.runs").fetchall()[0][0]
    kept = "FROM segdb_kept.customer_orders_{} ORDER BY customer_id"
    found = connection.execute(kept.format(last)).fetchall()
    connection.execute(f"ALTER TABLE segdb_kept.customer_orders_{last} RENAME TO aside").fetchall()
    segdb.refresh(database=connection)
    assert same(found, connection.execute(kept.format(last + 1)).fetchall())


def test_rejected_rows_that_were_changed_are_looked_for_anew(database: Database) -> None:
    connection, whole = database(source={"watermark": "line"}), database()
    with connection, whole:
        for each in (connection, whole):
            append(each, [("c1", 9, None, 5.0, "tea", 9_000), ("c2", 9, None, 5.0, "tea", 9_001)])
            segdb.refresh(database=each)
            append(each, [("c1", 9, START, 5.0, "tea", 9_002)])
        connection.execute("DELETE FROM segdb.rejected_rows WHERE row->>'client' = 'c2'").fetchall()
        for each in (connection, whole):
            segdb.refresh(database=each)
        rows = "SELECT source, reason, row FROM segdb.rejected_rows ORDER BY ALL"
        assert connection.execute(rows).fetchall() == whole.execute(rows).fetchall()


def test_it_is_what_the_live_view_shows_and_keeps_the_model(database: Database) -> None:
    connection = database(source={"watermark": "ordered_at"})
    with connection:
        model, as_of = model_of(connection), connection.execute("SELECT as_of FROM segdb.runs")
        before = as_of.fetchall()[0][0]
        last = connection.execute("SELECT max(bought_at) FROM grown").fetchall()[0][0]
        append(connection, [("c1", 99_000, last + timedelta(days=3), 50.0, "tea", 99_000)])
        found = segdb.refresh(database=connection)
        assert found.model == model
        assert (found.run_id, found.facts["learned_by"]) == (2, 1)
        assert found.facts["as_of"] == before + timedelta(days=3)
        columns = "customer_id, segment_id, round(distance, 9), round(margin, 9)"
        live, published = (
            connection.execute(f"SELECT {columns} FROM segdb.{name} ORDER BY 1").fetchall()
            for name in ("segments_live", "segments")
        )
        assert live == published
        sizes = connection.execute(
            "SELECT sum(customers) FROM segdb.segment_migrations WHERE run_id = 2"
        ).fetchall()
        assert sizes == [(found.facts["customers"],)]


def test_a_source_that_did_more_than_grow_is_aggregated_whole(database: Database) -> None:
    connection = database(source={"watermark": "ordered_at"})
    with connection:
        connection.execute("DELETE FROM grown WHERE client = 'c7'").fetchall()
        notes = Notes()
        found = segdb.refresh(database=connection, progress=notes)
        assert any("in another way than by growing" in words for words in notes.notes)
        gone = connection.execute("SELECT count(*) FROM segdb.segments WHERE customer_id = 'c7'")
        assert gone.fetchall() == [(0,)]
        rows = connection.execute("SELECT count(*) FROM grown").fetchall()[0][0]
        people = connection.execute("SELECT count(*) FROM people").fetchall()[0][0]
        assert found.facts["rows_read"] == rows + people


def test_aggregates_are_kept_of_the_published_run_alone_and_only_where_asked_for(
    database: Database,
) -> None:
    named = (
        "SELECT table_name FROM information_schema.tables "
        "WHERE table_name LIKE 'customer_orders%' ORDER BY 1"
    )
    connection = database(source={"watermark": "line"})
    with connection:
        assert connection.execute(named).fetchall() == [("customer_orders_1",)]
        segdb.refresh(database=connection)
        assert connection.execute(named).fetchall() == [("customer_orders_2",)]
    connection = database()
    with connection:
        assert connection.execute(named).fetchall() == []


def test_drift_is_measured_since_the_model_was_learned(database: Database) -> None:
    connection = database()
    with connection:
        still = segdb.refresh(database=connection)
        assert {row["previous_run_id"] for row in still.drift} == {1}
        assert max(row["psi"] for row in still.drift) == pytest.approx(0, abs=1e-12)
        connection.execute("UPDATE grown SET total = total * 10").fetchall()
        moved = segdb.refresh(database=connection)
        drift = {row["feature"]: row["psi"] for row in moved.drift}
        assert {row["previous_run_id"] for row in moved.drift} == {1}
        assert drift["monetary"] > 0.25 > drift["frequency"]
        assert drift["segment_id"] > 0.25


def test_a_database_of_an_earlier_release_lacks_columns(database: Database) -> None:
    connection = database(cluster={"k": "auto", "k_max": 3, "n_init": 1})
    with connection:
        model = model_of(connection)
        later = [(t.name, c.name) for t in contract.TABLES for c in t.columns if c.later]
        assert ("k_selection", "stability_error") in later
        assert ("segment_profiles", "stability_error") in later
        for table, column in later:
            connection.execute(f"ALTER TABLE segdb.{table} DROP COLUMN {column}").fetchall()
        published = Published(DuckDB(connection).fetch, "segdb")
        for chart in (criteria.CHART, quality_by_segment.CHART):
            rows = published.of(chart.queries[0])
            assert rows
            assert {row["error"] for row in rows if row.get("criterion") != "Gap"} == {None}
        found = segdb.refresh(database=connection)
        assert found.model == model
        for table, column in later:
            values = connection.execute(f"SELECT DISTINCT {column} FROM segdb.{table}").fetchall()
            # What learning alone can tell stays unknown; what customers bring is counted anew, and
            # the backtest is there still.
            if not column.startswith("churn_"):
                assert (values == [(None,)]) == (column != "value_per_customer")
        connection.execute("ALTER TABLE segdb.k_selection DROP COLUMN stability").fetchall()
        with pytest.raises(SourceError, match="k_selection has no column stability "):
            segdb.refresh(database=connection)


def test_nothing_to_refresh() -> None:
    with duckdb.connect() as connection, pytest.raises(UserError, match=r"segdb\.run\("):
        segdb.refresh(database=connection)


@pytest.mark.parametrize(
    ("watermark", "words"),
    [("lines", "did you mean|'line'"), ("department", "values are text")],
)
def test_a_watermark_must_be_a_column_with_an_order(
    database: Database, watermark: str, words: str
) -> None:
    with pytest.raises(SettingsError, match=words):
        database(source={"watermark": watermark})


def test_a_source_of_other_columns_is_refused_and_the_tables_stay(database: Database) -> None:
    connection = database()
    with connection:
        before = list(tables(connection))
        connection.execute("ALTER TABLE grown RENAME total TO amount").fetchall()
        with pytest.raises(SourceError, match="no column 'total' any more"):
            segdb.refresh(database=connection)
        connection.execute("CREATE VIEW other AS SELECT * RENAME (amount AS total) FROM grown")
        assert list(tables(connection)) == before
        assert segdb.refresh("other", database=connection).run_id == 2


def test_of_a_frame_it_has_to_be_given_again() -> None:
    with shops.opened() as connection:
        frame = DuckDB(connection).fetch("FROM shop")
        segdb.run(frame, database=connection, settings=shops.settings("orders"))
        with pytest.raises(SourceError, match=r"segdb.refresh\(…, orders=SOURCE\)"):
            segdb.refresh(database=connection)
        assert segdb.refresh(frame, database=connection).run_id == 2


@pytest.mark.parametrize("watermark", [pytest.param(None, marks=pytest.mark.slow), "ordered_at"])
def test_a_column_that_was_added_tells_no_rows_apart(
    database: Database, watermark: str | None
) -> None:
    connection = database(source={"watermark": watermark})
    with connection:
        own = "client, basket, bought_at, total, department, line"
        theirs = f"SELECT {own}, 'x' FROM grown WHERE client = 'c1'"
        connection.execute("ALTER TABLE grown ADD COLUMN store VARCHAR").fetchall()
        connection.execute(f"INSERT INTO grown {theirs}").fetchall()
        connection.execute(f"INSERT INTO grown {theirs} LIMIT 1").fetchall()
        before = connection.execute("FROM segdb.customer_features ORDER BY 1").fetchall()
        found = segdb.refresh(database=connection)
        assert connection.execute("FROM segdb.customer_features ORDER BY 1").fetchall() == before
        assert found.facts["rows_read"] == found.facts["rows_kept"] + found.facts["rows_rejected"]
        columns = "customer_id, segment_id, round(distance, 9)"
        live, published = (
            connection.execute(f"SELECT {columns} FROM segdb.{name} ORDER BY 1").fetchall()
            for name in ("segments_live", "segments")
        )
        assert live == published


def test_another_source_stays_the_source(database: Database) -> None:
    connection = database(source={"watermark": "ordered_at"})
    with connection:
        # As many rows, of other customers: their number alone would not tell.
        connection.execute(
            "CREATE TABLE other AS SELECT * REPLACE (client || 'x' AS client) FROM grown"
        ).fetchall()
        first = segdb.refresh("other", "SELECT * REPLACE (client || 'x' AS client) FROM people",
                              database=connection)  # fmt: skip
        again = segdb.refresh(database=connection)
        assert first.facts["customers"] == again.facts["customers"]
        ids = connection.execute("SELECT count(*) FROM segdb.segments WHERE customer_id LIKE '%x'")
        assert ids.fetchall() == [(again.facts["customers"],)]


def test_sql_that_asks_for_the_time_is_refused(database: Database) -> None:
    features = {"sql": {"age": "date_diff('day', max(bought_at), today())"}}
    with pytest.raises(SettingsError, match=r"features.sql.*today\(\) is not allowed"):
        database(source={"watermark": "ordered_at"}, features=features)


def test_a_refresh_may_use_what_the_run_might(tmp_path: Path) -> None:
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(shops.SHOP.format(rows=900)).fetchall()
    chosen = {**shops.settings("orders"), "engine": {"memory_limit": "300MB", "threads": 1}}
    segdb.run("shop", database=path, settings=chosen).close()
    with segdb.refresh(database=path) as found:
        rows = found.query("SELECT current_setting('threads') AS threads").to_pylist()
    assert rows == [{"threads": 1}]


def test_a_file_is_read_in_the_encoding_of_its_run(tmp_path: Path) -> None:
    rows = [f"Tomč {i % 40},2026-01-{1 + i % 28:02d},{5 + i % 31}.50" for i in range(200)]
    czech = "Jiří Dvořák,2026-01-03,7.50\nRůžena Černá,2026-01-04,9.50"
    path, shop = tmp_path / "orders.csv", tmp_path / "shop.duckdb"

    def written(*lines: str) -> None:
        head = "customer,order_date,amount"
        path.write_bytes("\n".join([head, *lines, ""]).encode("cp1250"))

    def customers(result: segdb.Result) -> set[str]:
        return set(result.table("segments")["customer_id"].to_pylist())

    written(*rows, czech)
    with segdb.run(path, database=shop, settings={"cluster": {"k": 3, "n_init": 1}}) as made:
        assert {"Tomč 1", "Jiří Dvořák"} <= customers(made)
    # By the letters that are left it would be cp1252, and Tomč another customer, Tomè.
    written(*rows)
    with segdb.refresh(database=shop) as made:
        assert customers(made) == {f"Tomč {i}" for i in range(40)}
