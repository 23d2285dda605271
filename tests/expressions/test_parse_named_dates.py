"""Named: dates whose month is a word, in the languages of the headers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import duckdb
import ibis
import pyarrow as pa
import pytest

from segdb.expressions.parse_named_dates import is_named
from segdb.expressions.parse_text import settled, tried
from segdb.formats.calendar_words import MONTHS, WEEKDAYS
from segdb.source_schema import ColumnReading
from segdb.sql import to_sql

DAY = datetime(2024, 1, 5)
NOON = datetime(2024, 1, 5, 15, 4)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


def read(connection: duckdb.DuckDBPyConnection, *values: str) -> list[datetime | None]:
    connection.register("raw", pa.table({"v": values}))
    table = ibis.table({"v": "string"}, name="raw")
    column = ColumnReading("v", "timestamp", formats=("words",))
    rows = table.select(raw=table.v, v=tried(table.v, column)).view()
    sql = to_sql(rows.select(v=settled(rows.v, rows.raw, column, ())))
    return [row[0] for row in connection.execute(sql).fetchall()]


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("Fri, 05 Jan 2024 15:04:00 +0000", NOON),
        ("Jan 5, 2024 at 3:04 pm", NOON),
        ("Friday, January 5, 2024 3:04 p.m.", NOON),
        ("Fri Jan  5 15:04:00 UTC 2024", NOON),
        ("Freitag, 5. Januar 2024 um 15:04", NOON),
        ("5 January 2024", DAY), ("January 5th, 2024", DAY), ("5-ene-2024", DAY),
        ("5 de enero de 2024", DAY), ("5 janvier 2024", DAY), ("5 jan. 2024", DAY),
        ("5 stycznia 2024", DAY), ("5 gennaio 2024", DAY), ("5 Jan 24", DAY), ("2024-Jan-05", DAY),
        ("5. März 2024", datetime(2024, 3, 5)), ("mar. 5 mars 2024", datetime(2024, 3, 5)),
        ("lørdag 5. oktober 2024", datetime(2024, 10, 5)), ("1er août 2024", datetime(2024, 8, 1)),
    ],
)  # fmt: skip
def test_dates_as_people_write_them(
    connection: duckdb.DuckDBPyConnection, written: str, moment: datetime
) -> None:
    assert is_named(written)
    assert read(connection, written) == [moment]


@pytest.mark.parametrize(
    "written", ["5 foo 2024", "before 5 Jan 2024", "Jan 2024", "Tue 5 Jan", "12 kg 2024", "May"]
)
def test_what_is_none(connection: duckdb.DuckDBPyConnection, written: str) -> None:
    assert not is_named(written)
    assert read(connection, written) == [None]


def test_days_that_do_not_exist(connection: duckdb.DuckDBPyConnection) -> None:
    assert read(connection, "31 feb 2024", "5 Jan 2024 25:00", "5 Jan 2024 13:00 pm") == [None] * 3


def test_every_word_of_every_month(connection: duckdb.DuckDBPyConnection) -> None:
    words = [(month, word) for month, own in enumerate(MONTHS, 1) for word in own]
    read_as = read(connection, *(f"5 {word} 2024" for _, word in words))
    assert read_as == [datetime(2024, month, 5) for month, _ in words]
    assert len({word for _, word in words}) == len(words), "a word stands for one month"
    assert len(set(WEEKDAYS)) == len(WEEKDAYS)
