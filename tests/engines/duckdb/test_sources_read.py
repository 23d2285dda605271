"""Which files SQL reads."""

from __future__ import annotations

import pytest

from segdb.engines.duckdb.sources_read import files_read


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("SELECT * FROM read_csv('a.csv', delim = ';', nullstr = ['b.csv'])", ["a.csv"]),
        ("FROM read_parquet(['a', 'b'], union_by_name = true)", ["a", "b"]),
        ("FROM read_parquet(main.list_value('a', 'b'), x = list_value('c'))", ["a", "b"]),
        ("FROM parquet_scan('a'), read_json('b', columns = {'c': 'JSON'})", ["a", "b"]),
        ("FROM 'a.csv' JOIN \"b.csv\" USING (id)", ["a.csv", "b.csv"]),
        ("SELECT 'a.csv' AS x, replace('b', 'c', 'd') FROM shop WHERE y IN ('e', 'f')", []),
        ("SELECT CASE WHEN x = 'a' THEN ['b'] END FROM read_csv('c''d') WHERE z = 'e'", ["c'd"]),
        ("SELECT 1)))", []),
        ("FROM read_csv(/* 'x', */ -- 'y'\n 'a')", ["a"]),
        ("SELECT '--' FROM read_csv($$it's$$), read_csv($t$b$t$)", ["it's", "b"]),
        (r"SELECT E'\'' FROM read_csv(E'a\\b')", ["a\\b"]),
        ("SELECT x AS \"it's\" FROM read_csv('a')", ["a"]),
        ("FROM read_csv(('a'))", []),
    ],
)
def test_names_are_those_that_readers_take(sql: str, names: list[str]) -> None:
    assert files_read(sql) == names


def test_a_long_sum_is_no_matter() -> None:
    sql = f"SELECT {' + '.join(['x * x'] * 5000)} FROM read_csv('a')"
    assert files_read(sql) == ["a"]
