"""Text: every line of a csv file is a row, or unreadable, or the file is refused."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segdb.config.source_section import Source
from segdb.engines.duckdb.database import DuckDB
from segdb.engines.duckdb.read import csv_rows
from segdb.engines.duckdb.read.readers import read
from segdb.engines.raw_source import Raw
from segdb.errors import SourceError
from tests.depth import examples


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDB]:
    opened = DuckDB.open(tmp_path_factory.mktemp("database") / "shop.duckdb")
    yield opened
    opened.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "orders.csv"


def taken(
    store: DuckDB, file: Path, content: str | bytes, **keys: Any
) -> tuple[Raw, list[tuple[Any, ...]]]:
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    raw = read(store, "orders", file, Source(**keys))
    rows = [tuple(row.values()) for row in store.rows(raw.table)]
    if raw.definition is not None:
        live = [tuple(row.values()) for row in store.rows(raw.definition)]
        assert live == rows, "the live definition reads something else"
    return raw, rows


def unreadable(store: DuckDB, raw: Raw) -> list[tuple[int, str]]:
    if raw.unreadable is None:
        return []
    return [(row["line"], row["row"]) for row in store.rows(raw.unreadable)]


def refused(store: DuckDB, file: Path, content: str | bytes, **keys: Any) -> str:
    with pytest.raises(SourceError) as caught:
        taken(store, file, content, **keys)
    return str(caught.value)


class TestDelimiter:
    """What divides the fields."""

    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_it_divides_every_line_as_the_header(
        self, store: DuckDB, file: Path, delimiter: str
    ) -> None:
        lines = [["id", "when", "paid"], ["1", "2026-01-01", "3.5"], ["2", "2026-01-02", ""]]
        raw, rows = taken(store, file, "\n".join(delimiter.join(line) for line in lines))
        assert raw.table.columns == ("id", "when", "paid")
        assert rows == [("1", "2026-01-01", "3.5"), ("2", "2026-01-02", None)]
        assert set(raw.table.schema().values()) == {raw.table.id.type()}

    def test_decimal_commas_do_not_win_over_semicolons(self, store: DuckDB, file: Path) -> None:
        assert taken(store, file, "id;paid\n1;3,5\n2;4,5\n")[1] == [("1", "3,5"), ("2", "4,5")]

    def test_two_that_fit_alike(self, store: DuckDB, file: Path) -> None:
        content = "date;amount, eur\n2020;3,5\n"
        message = refused(store, file, content)
        assert "comma or semicolon alike" in message
        assert '[source], such as delimiter = ";"' in message
        assert taken(store, file, content, delimiter=";")[1] == [("2020", "3,5")]

    def test_none_that_fits(self, store: DuckDB, file: Path) -> None:
        assert "another number of fields" in refused(store, file, "a report, 2026\n1;2;3\n4;5;6\n")

    def test_the_line_by_which_excel_tells_it(self, store: DuckDB, file: Path) -> None:
        content = "sep=;\r\na;b,c\r\n1;2,3\r\n"
        assert taken(store, file, content)[1] == [("1", "2,3")]
        # Who sets one knows better than the file.
        assert taken(store, file, content, delimiter=",")[0].table.columns == ("a;b", "c")

    def test_one_more_behind_each_line_but_the_header(self, store: DuckDB, file: Path) -> None:
        content = "id;d;paid\n1;2020;3;\n2;2021;4;\n"
        assert taken(store, file, content)[1] == [("1", "2020", "3"), ("2", "2021", "4")]

    def test_one_column(self, store: DuckDB, file: Path) -> None:
        assert taken(store, file, "id\nx\ny\n")[1] == [("x",), ("y",)]


class TestLines:
    """Which lines are rows."""

    def test_ragged_ones_are_kept_as_unreadable(self, store: DuckDB, file: Path) -> None:
        content = "id;d;paid\n1;2020;3\n2;2020\n\n3;2021;4;9;1;1\n4;2020;7\n"
        raw, rows = taken(store, file, content)
        assert rows == [("1", "2020", "3"), ("4", "2020", "7")]
        lines = unreadable(store, raw)
        assert lines[0] == (3, "2;2020")
        assert [line for line, _ in lines] == [3, 5]

    def test_quotes_hold_delimiters_line_ends_and_quotes(self, store: DuckDB, file: Path) -> None:
        content = 'id,note\r\n1,"a, b"\r\n2,"c\nd"\r\n3,"""e"""\r\n4,f"g\r\n'
        rows = taken(store, file, content)[1]
        assert rows == [("1", "a, b"), ("2", "c\nd"), ("3", '"e"'), ("4", 'f"g')]

    def test_a_bad_quote_costs_its_lines_alone(self, store: DuckDB, file: Path) -> None:
        raw, rows = taken(store, file, 'id,note\n1,"a"b\n2,"c\nd"e\n3,f\n4,g\n')
        assert rows == [("3", "f"), ("4", "g")]
        assert unreadable(store, raw) == [(2, '1,"a"b'), (3, '2,"c'), (4, 'd"e')]

    @pytest.mark.parametrize("after", [1, 2_000, 400_000])
    @pytest.mark.parametrize("line", ['2,"b', '"2,b'])
    @pytest.mark.parametrize("most", [csv_rows._MOST, 0], ids=["in one buffer", "by one thread"])
    def test_a_quote_never_closed_is_no_giant_value(
        self,
        store: DuckDB,
        file: Path,
        monkeypatch: pytest.MonkeyPatch,
        after: int,
        line: str,
        most: int,
    ) -> None:
        monkeypatch.setattr(csv_rows, "_MOST", most)
        message = refused(store, file, f"id,note\n1,a\n{line}\n" + "3,abc\n" * after)
        assert "orders.csv, line 3: a value in quotes is opened and never closed" in message

    @pytest.mark.parametrize(
        "content", ["a;b\r\n1;2\n3;4\r\n", "a;b\n1;2\r3;4\r\n", "a;b\r1;2\r3;4"]
    )
    def test_line_ends_of_several_kinds(self, store: DuckDB, file: Path, content: str) -> None:
        assert taken(store, file, content)[1] == [("1", "2"), ("3", "4")]

    def test_the_second_try_does_not_count_a_line_twice(self, store: DuckDB, file: Path) -> None:
        raw, rows = taken(store, file, "a;b\n1;2\n3\n4;5\r\n6;7\n")
        assert rows == [("1", "2"), ("4", "5"), ("6", "7")]
        assert unreadable(store, raw) == [(3, "3")]

    def test_a_line_end_in_the_header(self, store: DuckDB, file: Path) -> None:
        raw, rows = taken(store, file, '"a\nx";b\r\n1;2\n3;4\r\n')
        assert raw.table.columns == ("a\nx", "b")
        assert len(rows) == 2

    def test_what_stands_before_the_header_and_in_it(self, store: DuckDB, file: Path) -> None:
        raw, rows = taken(store, file, "\ufeff\n  \nid, ID ,,id\n1,2,3,4\n")
        assert raw.table.columns == ("id", "ID_2", "column_3", "id_3")
        assert rows == [("1", "2", "3", "4")]

    @pytest.mark.parametrize("most", [csv_rows._MOST, 0], ids=["in one buffer", "by one thread"])
    def test_large_files_with_line_ends_in_quotes_lose_nothing(
        self, store: DuckDB, file: Path, monkeypatch: pytest.MonkeyPatch, most: int
    ) -> None:
        monkeypatch.setattr(csv_rows, "_MOST", most)
        filling = "4|5|" + "6" * 250
        block = '"1\n1"|"b\n4|5|6"|1\r\n' + f"{filling}\r\n" * 9 + "x|x\r\n"
        file.write_text("a|b|c\r\n" + block * 15_000, newline="")
        raw = read(store, "orders", file, Source())
        assert file.stat().st_size > csv_rows._BUFFER
        assert store.rows(raw.table.agg(n=raw.table.count())) == [{"n": 150_000}]
        assert raw.unreadable is not None
        assert store.rows(raw.unreadable.agg(n=raw.unreadable.count())) == [{"n": 15_000}]


class TestRefused:
    """Files that hold no table."""

    @pytest.mark.parametrize(
        ("content", "why"),
        [
            ("", "is empty"),
            (" \n\n", "is empty"),
            ("id,paid\n", "a header and no rows"),
            ("id,paid\n1\n2\n", "a header and 2 lines that do not fit"),
            ("1,2026-01-01,5\n2,2026-01-02,6\n", "no header.*header = false and names = "),
        ],
    )
    def test_files_without_rows_or_header(
        self, store: DuckDB, file: Path, content: str, why: str
    ) -> None:
        keys = {"delimiter": ","}
        with pytest.raises(SourceError, match=f"(?s)orders.csv.*{why}"):
            taken(store, file, content, **keys)

    def test_files_of_other_columns(self, store: DuckDB, tmp_path: Path) -> None:
        (tmp_path / "1.csv").write_text("id,paid\n1,2\n")
        (tmp_path / "2.csv").write_text("id,spent\n1,2\n")
        with pytest.raises(
            SourceError,
            match=r"1\.csv and 2\.csv \('paid', 'spent' are not in both.*union_by_name = true",
        ):
            read(store, "orders", f"{tmp_path}/*.csv", Source())

    def test_a_packed_file_that_is_none(self, store: DuckDB, tmp_path: Path) -> None:
        (tmp_path / "o.csv.gz").write_text("id,paid\n1,2\n")
        with pytest.raises(SourceError, match=r"o\.csv\.gz cannot be read"):
            read(store, "orders", tmp_path / "o.csv.gz", Source())


class TestEncodings:
    """Bytes to characters."""

    CONTENT = "id;name\n1;café\n2;naïve\n"

    @pytest.mark.parametrize(
        ("codec", "setting"),
        [
            ("utf-8-sig", "utf-8"),
            ("latin-1", "iso-8859-1"),
            ("cp1252", "cp1252"),
            ("utf-16", "utf-8"),
            ("utf-16-be", "utf-16-be"),
            ("mac-roman", "mac-roman"),
        ],
    )
    @pytest.mark.parametrize("ending", [".csv", ".csv.gz"])
    def test_all_are_read(
        self, store: DuckDB, tmp_path: Path, codec: str, setting: str, ending: str
    ) -> None:
        content = self.CONTENT.encode(codec)
        packed = gzip.compress(content) if ending == ".csv.gz" else content
        rows = taken(store, tmp_path / f"o{ending}", packed, encoding=setting)[1]
        assert rows == [("1", "café"), ("2", "naïve")]

    def test_japanese(self, store: DuckDB, file: Path) -> None:
        raw, rows = taken(store, file, "id;n\n1;日本\n".encode("shift_jis"), encoding="shift_jis")
        assert rows == [("1", "日本")]
        assert raw.definition is None, "only Python can read it again"

    @pytest.mark.parametrize("before", [0, 200_000])
    def test_wrong_bytes_say_where_and_what_to_set(
        self, store: DuckDB, file: Path, before: int
    ) -> None:
        content = ("id;name\n" + "1;a\n" * before + "2;café\n").encode("latin-1")
        message = refused(store, file, content, encoding="utf-8")
        assert f"line {before + 2}" in message
        assert "[source] encoding" in message


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_an_open_quote_is_seen_beside_characters_that_look_like_one(
    store: DuckDB, file: Path, codec: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As in a file that is too large for the engine to hold whole.
    monkeypatch.setattr(csv_rows, "_MOST", 1_000)
    content = '\ufeffid,name\n1,Ģirts\n2,"open\n' + "3,abc\n" * 200_000
    assert "line 3: a value in quotes is opened and never closed" in refused(
        store, file, content.encode(codec)
    )


FIELD = st.text(st.sampled_from('ab1,;"\n\r é😀'), max_size=6)


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.one_of(
            st.tuples(FIELD, FIELD, FIELD),
            st.lists(st.just("x"), min_size=1, max_size=2),
            st.lists(st.just("x"), min_size=4, max_size=9),
        ),
        max_size=20,
    ),
    st.sampled_from(["\n", "\r\n"]),
)
def test_no_line_is_lost(
    store: DuckDB,
    tmp_path_factory: pytest.TempPathFactory,
    lines: list[tuple[str, ...] | list[str]],
    end: str,
) -> None:
    written = io.StringIO()
    quoting = csv.writer(written, lineterminator=end, quoting=csv.QUOTE_ALL)
    good = [("first", "b", "c"), *(line for line in lines if isinstance(line, tuple))]
    for line in [("id", "when", "paid"), good[0], *lines]:
        if isinstance(line, tuple):
            quoting.writerow(line)
        else:
            written.write(",".join(line) + end)
    file = tmp_path_factory.mktemp("lines") / "orders.csv"
    raw, rows = taken(store, file, written.getvalue(), delimiter=",")
    # Only an empty text is a missing value.
    assert rows == [tuple(field or None for field in line) for line in good]
    assert len(unreadable(store, raw)) == len(lines) + 1 - len(good)


PARTS = st.lists(
    st.sampled_from(
        [
            "id,paid\n1,2\n",
            "id,paid\r\n3,4\r\n5,6\r\n",
            "id,paid\n7\n8,9\n1,2,3\n4,4\n5,5\n6,6\n",
            'id,paid\n"a ""b""\n","c,d"\n',
            "id,paid\n1,2\r\n3,4\r5,6\n",
            "\n\nid,paid\n10,11\n",
            "sep=;\nid;paid\n12;13\n",
            "id;paid\n14;15\n16;17;\n",
            "id , paid\n18,19\n",
            "id,paid\n",
            "\ufeffid,paid\n20,é\n",
            'id,"paid\n"\r\n21,22\r\n23,24\r\n',
            "\nid,paid\r\n25,26\r\n27,28\r\n",
            "UTF-16 id,paid\n29,é\n",
        ]
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(PARTS)
def test_several_files_are_read_as_each_by_itself(
    store: DuckDB, tmp_path_factory: pytest.TempPathFactory, parts: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("parts")
    rows: list[tuple[Any, ...]] = []
    lines: list[tuple[int, str]] = []
    # Alone, a file without rows is refused.
    for place, content in enumerate(["id,paid\n0,0\n", *parts]):
        file = folder / f"{place}.csv"
        written = content.removeprefix("UTF-16 ")
        file.write_bytes(written.encode("utf-8" if written == content else "utf-16"))
        if content != "id,paid\n":
            raw = read(store, "customers", file, Source())
            rows += [tuple(row.values()) for row in store.rows(raw.table)]
            lines += unreadable(store, raw)
    raw = read(store, "orders", f"{folder}/*.csv", Source())
    found = [tuple(row.values()) for row in store.rows(raw.table)]
    assert sorted(found, key=str) == sorted(rows, key=str)
    assert sorted(unreadable(store, raw)) == sorted(lines)
    if raw.definition is not None:
        live = [tuple(row.values()) for row in store.rows(raw.definition)]
        assert sorted(live, key=str) == sorted(rows, key=str)


class TestSeveral:
    """Files that are read together."""

    def test_files_alike_are_read_by_one_statement(
        self, store: DuckDB, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for place in range(20):
            (tmp_path / f"{place}.csv").write_text(f"id,paid\n{place},1\n")
        (tmp_path / "20.csv").write_text('id,paid\n"20",1\n')
        said: list[str] = []
        execute = store.execute

        def listening(sql: str) -> None:
            said.append(sql)
            execute(sql)

        monkeypatch.setattr(store, "execute", listening)
        raw = read(store, "orders", f"{tmp_path}/*.csv", Source())
        assert store.rows(raw.table.agg(n=raw.table.count())) == [{"n": 21}]
        assert sum("FROM read_csv(" in sql for sql in said) == 2

    def test_the_file_of_another_encoding_is_named(self, store: DuckDB, tmp_path: Path) -> None:
        for place, name in enumerate(["x", "y" * 300_000 + "é", "z"]):
            (tmp_path / f"{place}.csv").write_bytes(f"id,name\n1,{name}\n".encode("latin-1"))
        with pytest.raises(SourceError, match=r"^1\.csv, line 2: the bytes are not utf-8"):
            read(store, "orders", f"{tmp_path}/*.csv", Source(encoding="utf-8"))

    def test_the_file_of_another_delimiter_is_named(self, store: DuckDB, tmp_path: Path) -> None:
        (tmp_path / "0.csv").write_text("id;when;paid\n1;2026-01-01;5\n")
        (tmp_path / "1.csv").write_text("id;when;paid\n" + "1,2026-01-01,5\n" * 50)
        with pytest.raises(SourceError, match=r"^1\.csv: most lines have another number of fields"):
            read(store, "orders", f"{tmp_path}/*.csv", Source())

    def test_the_file_that_is_empty_is_named(self, store: DuckDB, tmp_path: Path) -> None:
        (tmp_path / "0.csv").write_text("id,paid\n1,2\n")
        (tmp_path / "1.csv").write_text("\n" * 20_000)
        with pytest.raises(SourceError, match=r"^1\.csv is empty"):
            read(store, "orders", f"{tmp_path}/*.csv", Source())

    def test_a_header_longer_than_a_glance(self, store: DuckDB, tmp_path: Path) -> None:
        names = ",".join(f"column_{place}_{'x' * 40}" for place in range(600))
        values = ",".join(["1"] * 600)
        for place in range(3):
            (tmp_path / f"{place}.csv").write_text(f"{names}\n{values}\n")
        raw = read(store, "orders", f"{tmp_path}/*.csv", Source())
        assert len(store.rows(raw.table)) == 3
        assert len(raw.table.columns) == 600
