"""Readers: every kind of source becomes a temporary relation, or a paragraph that says why not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from segdb.config.source_section import Source
from segdb.engines.duckdb.database import DuckDB
from segdb.engines.duckdb.read.readers import read
from segdb.engines.raw_source import Raw
from segdb.errors import SourceError

ROWS = [{"customer": "a", "paid": 1}, {"customer": "b", "paid": 2}]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DuckDB]:
    opened = DuckDB.open(tmp_path / "shop.duckdb")
    yield opened
    opened.close()


def rows_of(store: DuckDB, source: object) -> tuple[Raw, list[dict[str, Any]]]:
    raw = read(store, "orders", source, Source())
    assert raw.table.get_name() == "segdb_orders_raw"
    rows = store.rows(raw.table)
    if raw.definition is not None:
        assert store.rows(raw.definition) == rows, "the live definition reads something else"
    return raw, rows


def message(store: DuckDB, source: object) -> str:
    with pytest.raises(SourceError) as caught:
        read(store, "orders", source, Source())
    return str(caught.value)


class TestTables:
    """Tables and views of the open database."""

    @pytest.mark.parametrize(
        "name",
        [
            "orders",
            "select 1",
            'a "q" b',
            "a.b",
            "😀",
            "x.csv",
            "order",
            "SELECT * FROM t; --",
            "*",
        ],
    )
    def test_any_name_is_first_taken_as_it_is(self, store: DuckDB, name: str) -> None:
        quoted = '"' + name.replace('"', '""') + '"'
        store.execute(f"CREATE TABLE {quoted} AS SELECT 'a' AS customer, 1 AS paid")
        raw, rows = rows_of(store, name)
        assert rows == ROWS[:1]
        assert raw.origin == name

    def test_a_schema_and_a_database_may_stand_before_it(self, store: DuckDB) -> None:
        store.execute('CREATE SCHEMA "the shop"')
        store.execute('CREATE VIEW "the shop"."all.orders" AS SELECT 7 AS v')
        ways = [
            "the shop.all.orders",
            '"the shop"."all.orders"',
            "shop.the shop.all.orders",
            "THE SHOP.ALL.ORDERS",
        ]
        for written in ways:
            raw, rows = rows_of(store, written)
            assert rows == [{"v": 7}]
            assert raw.definition == 'SELECT * FROM "the shop"."all.orders"'

    def test_the_literal_name_wins_over_the_dotted_one(self, store: DuckDB) -> None:
        store.execute("CREATE SCHEMA a")
        store.execute("CREATE TABLE a.b AS SELECT 'dotted' AS v")
        store.execute("""CREATE TABLE "a.b" AS SELECT 'literal' AS v""")
        assert rows_of(store, "a.b")[1] == [{"v": "literal"}]

    def test_a_temporary_table_has_no_live_definition(self, store: DuckDB) -> None:
        store.execute("CREATE TEMP TABLE passing AS SELECT 1 AS v")
        raw, rows = rows_of(store, "passing")
        assert (rows, raw.definition) == ([{"v": 1}], None)

    def test_an_unknown_one_names_the_nearest(self, store: DuckDB) -> None:
        store.execute("CREATE TABLE purchases AS SELECT 1 AS v")
        assert "Did you mean 'purchases'?" in message(store, "purchase")


class TestQueries:
    """One SELECT."""

    @pytest.mark.parametrize(
        "sql",
        [
            "SELECT 1 AS v",
            "select 1 as v; -- the end",
            "-- a comment\nSELECT 1 AS v",
            "/* a comment */ WITH t AS (SELECT 1 AS v) FROM t",
            "FROM (VALUES (1)) t(v)",
            "(SELECT 1 AS v)",
        ],
    )
    def test_one_select(self, store: DuckDB, sql: str) -> None:
        raw, rows = rows_of(store, sql)
        assert rows == [{"v": 1}]
        assert raw.definition is not None

    def test_two_statements(self, store: DuckDB) -> None:
        assert "one SELECT" in message(store, "SELECT 1; SELECT 2")

    def test_a_statement_that_writes(self, store: DuckDB) -> None:
        store.execute("CREATE TABLE t AS SELECT 1 AS v")
        assert "one SELECT" in message(store, "WITH x AS (SELECT 1 AS v) INSERT INTO t FROM x")
        assert store.rows("SELECT count(*) AS n FROM t") == [{"n": 1}]

    def test_what_does_not_bind(self, store: DuckDB) -> None:
        assert "nowhere" in message(store, "SELECT * FROM nowhere")
        assert "does not run" in message(store, "SELECT FROM WHERE")


class TestFrames:
    """Tables in memory."""

    FRAME: ClassVar[dict[str, list[Any]]] = {"customer": ["a", "b"], "paid": [1, 2]}

    def test_arrow(self, store: DuckDB) -> None:
        raw, rows = rows_of(store, pa.table(self.FRAME))
        assert rows == ROWS
        assert raw.origin == "the pyarrow Table"
        assert raw.definition is None

    def test_nothing_in_it(self, store: DuckDB) -> None:
        empty = pa.table(self.FRAME)[:0]
        assert message(store, empty) == "the pyarrow Table has no rows."
        assert message(store, pa.table({})) == "the pyarrow Table has no columns."

    @pytest.mark.parametrize("value", [5, ["a.csv", 5], {"a": [1]}, b"x"])
    def test_what_is_no_table(self, store: DuckDB, value: object) -> None:
        assert f"is of the type {type(value).__name__}. It takes a path" in message(store, value)

    def test_arrow_batches_are_read_once(self, store: DuckDB) -> None:
        raw, rows = rows_of(store, pa.table(self.FRAME).to_reader())
        assert rows == ROWS == store.rows(raw.table)

    def test_polars(self, store: DuckDB) -> None:
        polars = pytest.importorskip("polars", reason="polars is not installed")
        assert rows_of(store, polars.DataFrame(self.FRAME))[1] == ROWS
        assert "not lazy" in message(store, polars.DataFrame(self.FRAME).lazy())

    def test_pandas_without_its_unnamed_row_labels(self, store: DuckDB) -> None:
        frame = pd.DataFrame(self.FRAME)
        assert rows_of(store, frame[frame.paid > 1])[1] == ROWS[1:]
        assert rows_of(store, frame.set_index("customer"))[0].table.columns == ("paid", "customer")

    def test_pandas_numbers_and_text_in_one_column(self, store: DuckDB) -> None:
        frame = pd.DataFrame({"invoice": pd.Series([536365, "C536379", None], dtype="object")})
        rows = rows_of(store, frame)[1]
        assert [row["invoice"] for row in rows] == ["536365", "C536379", None]

    def test_a_query_of_the_same_connection(self, store: DuckDB) -> None:
        assert rows_of(store, store.connection.sql("SELECT 5 AS five"))[1] == [{"five": 5}]

    def test_what_is_no_source(self, store: DuckDB) -> None:
        assert "is of the type int" in message(store, 7)
        assert "empty text" in message(store, " ")

    def test_one_kind_after_the_other_under_the_same_name(
        self, store: DuckDB, tmp_path: Path
    ) -> None:
        (tmp_path / "o.csv").write_text("customer,paid\na,1\n")
        for source in (pa.table(self.FRAME), str(tmp_path / "o.csv"), "SELECT 1 AS v") * 2:
            read(store, "orders", source, Source())


class TestParquet:
    """Parquet stays where it is."""

    def test_it_is_a_view_of_the_file(self, store: DuckDB, tmp_path: Path) -> None:
        pq.write_table(pa.Table.from_pylist(ROWS), tmp_path / "o.parquet")
        raw, rows = rows_of(store, tmp_path / "o.parquet")
        assert rows == ROWS
        assert raw.unreadable is None
        kind = "SELECT table_type AS t FROM information_schema.tables WHERE table_name = '{}'"
        assert store.rows(kind.format("segdb_orders_raw")) == [{"t": "VIEW"}]

    def test_files_whose_types_differ_meet_in_the_wider(
        self, store: DuckDB, tmp_path: Path
    ) -> None:
        pq.write_table(pa.table({"v": pa.array([1], pa.int32())}), tmp_path / "1.parquet")
        pq.write_table(pa.table({"v": [2.5]}), tmp_path / "2.parquet")
        raw, rows = rows_of(store, f"{tmp_path}/*.parquet")
        assert [row["v"] for row in rows] == [1.0, 2.5]
        assert raw.origin == "*.parquet (2 files)"

    def test_files_of_other_columns(self, store: DuckDB, tmp_path: Path) -> None:
        pq.write_table(pa.table({"v": [1]}), tmp_path / "1.parquet")
        pq.write_table(pa.table({"v": [1], "w": [2]}), tmp_path / "2.parquet")
        assert "'w' is not in both" in message(store, f"{tmp_path}/*.parquet")

    def test_a_file_that_is_none(self, store: DuckDB, tmp_path: Path) -> None:
        (tmp_path / "o.parquet").write_text("hello, this is no parquet")
        assert "o.parquet cannot be read" in message(store, tmp_path / "o.parquet")


class TestJson:
    """JSON arrives as text."""

    def test_values_stay_as_they_are_written(self, store: DuckDB, tmp_path: Path) -> None:
        lines = '{"a": 1e400, "b": "03/04/2026"}\n{"a": null, "c": {"z": 1}}\n'
        (tmp_path / "o.jsonl").write_text(lines)
        rows = rows_of(store, tmp_path / "o.jsonl")[1]
        assert rows == [
            {"a": "1e400", "b": "03/04/2026", "c": None, "c.z": None},
            {"a": None, "b": None, "c": '{"z":1}', "c.z": "1"},
        ]

    def test_an_array_of_objects(self, store: DuckDB, tmp_path: Path) -> None:
        (tmp_path / "o.json").write_text('[{"a": 1}, {"a": 2}]')
        assert rows_of(store, tmp_path / "o.json")[1] == [{"a": "1"}, {"a": "2"}]

    def test_a_broken_line_is_named(self, store: DuckDB, tmp_path: Path) -> None:
        (tmp_path / "o.jsonl").write_text('{"a": 1}\n{"a": 2\n{"a": 3}\n')
        assert "in line 3" in message(store, tmp_path / "o.jsonl")

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("", "has no rows"),
            ("[]", "has no rows"),
            ("[1, 2]", "one object a row"),
            ('"a"', "one object a row"),
        ],
    )
    def test_what_has_no_rows(self, store: DuckDB, tmp_path: Path, text: str, said: str) -> None:
        (tmp_path / "o.json").write_text(text)
        assert said in message(store, tmp_path / "o.json")
