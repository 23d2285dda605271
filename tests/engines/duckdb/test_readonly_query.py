"""Ask: one SELECT, read-only, with no way to files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import segdb
from segdb.engines.duckdb.database import DuckDB
from segdb.errors import SourceError, UserError
from segdb.sql_text import literal, quoted
from tests.reading import ask, asking
from tests.steps import shops

SCHEMAS = ["segdb", 'qu"ote', "select", "a b", "😀", "a.b", "x'y", "main"]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ask") / "warehouse.duckdb"
    store = DuckDB.open(path)
    for schema in SCHEMAS:
        store.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(schema)}")
        store.execute(f"CREATE TABLE {quoted(schema)}.runs AS SELECT 1 AS run_id")
    store.execute("CREATE TABLE segdb.segments AS SELECT i AS customer_id FROM range(5) AS r(i)")
    store.close()
    return path


@pytest.fixture
def untouched(path: Path) -> Iterator[Path]:
    before = path.read_bytes()
    yield path
    assert path.read_bytes() == before
    assert sorted(p.name for p in path.parent.iterdir()) == [path.name]


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT count(*) AS n FROM segments", [{"n": 5}]),
        ("SELECT count(*) AS n FROM segdb.segments;", [{"n": 5}]),
        ("-- how many?\nSELECT count(*) AS n FROM segments -- all", [{"n": 5}]),
        ("WITH a AS (FROM segments) SELECT max(customer_id) AS n FROM a", [{"n": 4}]),
        ("FROM runs", [{"run_id": 1}]),
        ("(SELECT 1 AS n) UNION ALL SELECT 2 ORDER BY n DESC", [{"n": 2}, {"n": 1}]),
        ("VALUES (1)", [{"col0": 1}]),
    ],
)
def test_a_select_is_answered(untouched: Path, sql: str, rows: list[dict[str, object]]) -> None:
    assert ask(untouched, "segdb", sql).to_pylist() == rows


@pytest.mark.parametrize("sql", ["SHOW TABLES", "DESCRIBE segments", "SUMMARIZE segments"])
def test_looking_around_is_answered(untouched: Path, sql: str) -> None:
    assert ask(untouched, "segdb", sql).num_rows > 0


def test_rows_keep_their_order(untouched: Path) -> None:
    table = ask(untouched, "segdb", "SELECT customer_id FROM segments ORDER BY -customer_id")
    assert table["customer_id"].to_pylist() == [4, 3, 2, 1, 0]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_schema_of_any_name(untouched: Path, schema: str) -> None:
    assert ask(untouched, schema, "SELECT run_id FROM runs").num_rows == 1
    assert ask(untouched, schema.upper(), "SELECT run_id FROM runs").num_rows == 1


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "   ",
        "-- nothing",
        "SELECT 1; SELECT 2",
        "SELECT 1; DROP TABLE segments",
        "DROP TABLE segments",
        "DELETE FROM segments",
        "UPDATE segments SET customer_id = 1",
        "INSERT INTO segments VALUES (1)",
        "CREATE TEMP TABLE t AS SELECT 1",
        "CREATE MACRO m() AS 1",
        "COPY segments TO 'stolen.csv'",
        "COPY (SELECT 1) TO 'stolen.csv'",
        "EXPORT DATABASE 'stolen'",
        "ATTACH 'other.duckdb'",
        "DETACH warehouse",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "RESET enable_external_access",
        "PREPARE p AS SELECT 1",
        "CALL pragma_version()",
        "BEGIN TRANSACTION",
        "CHECKPOINT",
        "VACUUM",
    ],
)
def test_what_is_no_single_select_is_refused(untouched: Path, sql: str) -> None:
    with pytest.raises(UserError, match="A query is one SELECT"):
        ask(untouched, "segdb", sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv({file})",
        "SELECT * FROM read_text({file})",
        "SELECT * FROM read_blob({file})",
        "SELECT * FROM read_json({file})",
        "SELECT * FROM read_parquet({file})",
        "SELECT * FROM sniff_csv({file})",
        "SELECT * FROM glob('*')",
        "FROM {file}",
        "SELECT (SELECT any_value(content) FROM read_text({file})) AS stolen",
        "SELECT * FROM query('SELECT * FROM read_text({file})')",
        "SELECT * FROM query('COPY segments TO {file}')",
    ],
)
def test_no_query_reaches_a_file(untouched: Path, tmp_path: Path, sql: str) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("secret\n1\n")
    name = f"'{secret}'"
    sql = sql.format(file=name.replace("'", "''") if "query(" in sql else name)
    with pytest.raises(UserError, match="The query failed"):
        ask(untouched, "segdb", sql)
    assert secret.read_text() == "secret\n1\n"


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELEC 1", "SELEC"),
        ("SELECT nowhere FROM segments", "nowhere"),
        ("SELECT * FROM nowhere", "nowhere"),
        ("SELECT 'x'::INTEGER", "'x'"),
        ("SELECT ?", "param"),
        ("SELECT * FROM path", "path"),
    ],
)
def test_what_the_database_says_is_passed_on(untouched: Path, sql: str, words: str) -> None:
    with pytest.raises(UserError, match="The query failed") as caught:
        ask(untouched, "segdb", sql)
    assert words in str(caught.value)


def test_a_database_without_segments_says_how_to_make_some(untouched: Path) -> None:
    with pytest.raises(UserError, match=r"segdb\.run\("):
        ask(untouched, "elsewhere", "SELECT 1")


def test_asking_makes_no_database(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="There is no database"):
        ask(tmp_path / "none.duckdb", "segdb", "SELECT 1")
    assert list(tmp_path.iterdir()) == []


def test_the_file_is_free_afterwards(untouched: Path) -> None:
    with pytest.raises(UserError):
        ask(untouched, "segdb", "DROP TABLE segments")
    ask(untouched, "segdb", "SELECT 1")
    DuckDB.open(untouched).close()


def test_the_walls_cannot_be_taken_down(untouched: Path) -> None:
    sql = (
        "SELECT current_setting('lock_configuration') AS locked, "
        "current_setting('enable_external_access') AS outside"
    )
    assert ask(untouched, "segdb", sql).to_pylist() == [{"locked": True, "outside": False}]


def test_two_who_ask_do_not_wait_for_each_other(untouched: Path) -> None:
    with asking(untouched, "segdb", wait=5) as select:
        assert select("SELECT 1 AS n").num_rows == 1
    assert ask(untouched, "segdb", "SELECT 1 AS n", wait=5).num_rows == 1


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELECT custmer_id FROM segments", "no column 'custmer_id'. Did you mean 'customer_id'?"),
        ("SELECT money FROM segments", "no column 'money'. A feature is one where the last run"),
    ],
)
def test_a_column_that_is_none_names_the_nearest(untouched: Path, sql: str, words: str) -> None:
    with pytest.raises(UserError) as caught:
        ask(untouched, "segdb", sql)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_live_view_of_a_pattern_of_files_is_answered(tmp_path: Path) -> None:
    folder = tmp_path / "orders"
    folder.mkdir()
    with shops.opened() as connection:
        for part in (0, 1):
            connection.execute(
                f"COPY (FROM shop WHERE basket % 2 = {part}) TO '{folder / str(part)}.parquet'"
            ).fetchall()
    path = tmp_path / "shop.duckdb"
    with segdb.run(folder / "*.parquet", database=path, settings=shops.settings("orders")) as made:
        customers = made.facts["customers"]
    live = "SELECT count(*) AS n FROM segments_live"
    assert ask(path, "segdb", live).to_pylist() == [{"n": customers}]
    other = tmp_path / "other.txt"
    other.write_text("secret", "utf-8")
    with pytest.raises(UserError, match="the published tables and no file"):
        ask(path, "segdb", f"SELECT * FROM read_text('{other}')")
    for part in (0, 1):
        (folder / f"{part}.parquet").unlink()
    with pytest.raises(UserError, match=r"segments_live reads .*, and there is no such file now"):
        ask(path, "segdb", live)


def test_a_live_view_of_many_features_is_asked_like_any_other(tmp_path: Path) -> None:
    orders = tmp_path / "it's here.csv"
    orders.write_text("x\n1\n", "utf-8")
    store = DuckDB.open(tmp_path / "wide.duckdb")
    store.execute("CREATE SCHEMA segdb")
    source = {"definition": f"SELECT * FROM read_csv({literal(str(orders))})"}
    store.execute("CREATE TABLE segdb.runs (run_id INTEGER, settings JSON)")
    store.connection.execute(
        "INSERT INTO segdb.runs VALUES (1, ?)", [json.dumps({"inferred": {"orders": source}})]
    ).fetchall()
    distance = " + ".join(["x * x"] * 600)
    store.execute(
        f"CREATE VIEW segdb.segments_live AS SELECT sqrt({distance}) AS distance "
        f"FROM read_csv({literal(str(orders))})"
    )
    store.close()
    with pytest.raises(UserError, match="nothing proves that your segdb named it there"):
        ask(tmp_path / "wide.duckdb", "segdb", "FROM segments_live")
    rows = ask(tmp_path / "wide.duckdb", "segdb", "FROM segments_live", sources=True).to_pylist()
    assert rows == [{"distance": pytest.approx(600**0.5)}]


@pytest.mark.parametrize("settings", ["NULL", "'{}'", "'{'", """'{"inferred": [1]}'"""])
def test_a_view_reads_nothing_that_the_last_run_did_not(tmp_path: Path, settings: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("hush", "utf-8")
    path = tmp_path / "theirs.duckdb"
    store = DuckDB.open(path)
    store.execute("CREATE SCHEMA segdb")
    store.execute("CREATE TABLE segdb.runs (run_id INTEGER, settings VARCHAR)")
    store.execute(f"INSERT INTO segdb.runs VALUES (1, {settings})")
    store.execute(
        f"CREATE VIEW segdb.segments_live AS SELECT content FROM read_text({literal(str(secret))})"
    )
    store.close()
    assert ask(path, "segdb", "SELECT run_id FROM runs").to_pylist() == [{"run_id": 1}]
    with pytest.raises(UserError, match="nothing proves"):
        ask(path, "segdb", "FROM segments_live")
    with pytest.raises(UserError, match="no source of the last run"):
        ask(path, "segdb", "FROM segments_live", sources=True)
    with pytest.raises(UserError, match="and no file"):
        ask(path, "segdb", f"FROM read_text({literal(str(tmp_path / 'other'))})", sources=True)
