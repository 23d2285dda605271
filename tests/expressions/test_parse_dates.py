"""Moments: local time as it stands, a time zone, and dates that are counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import ibis
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from segdb.expressions.parse_text import settled, tried
from segdb.expressions.typed_source import typed, value
from segdb.source_schema import ColumnReading, Reading
from segdb.sql import to_sql
from tests.depth import examples

LONDON = "Europe/London"
EVENING = datetime(2024, 7, 5, 20, 8, 14)


@pytest.fixture(scope="module", autouse=True)
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        # What is read must not depend on where it is read.
        opened.execute("SET TimeZone = 'America/New_York'").fetchall()
        yield opened


def read(
    connection: duckdb.DuckDBPyConnection,
    values: Any,
    *formats: str,
    zone: str = "",
    kind: str = "string",
    any_digits: bool = False,
) -> list[datetime | None]:
    connection.register("raw", pa.table({"v": values}))
    table = ibis.table({"v": kind}, name="raw")
    column = ColumnReading("v", "timestamp", formats=formats, time_zone=zone, any_digits=any_digits)
    rows = table.select(raw=table.v, v=tried(table.v, column)).view()
    sql = to_sql(rows.select(v=settled(rows.v, rows.raw, column, ("",))))
    return [row[0] for row in connection.execute(sql).fetchall()]


@pytest.mark.parametrize(
    ("written", "formats"),
    [
        ("2024-07-05T20:08:14-05:00", ()),
        ("2024-07-05 20:08:14-0500", ()),
        ("2024-07-05 20:08:14 -05", ()),
        ("05.07.2024 20:08:14 -05:00", ("%d.%m.%Y %H:%M:%S %z",)),
        ("20240705T200814-0500", ("%Y%m%dT%H%M%S%z",)),
        ("Fri, 05 Jul 2024 20:08:14 -0500", ("words",)),
        ("Fri Jul 05 2024 20:08:14 GMT-0500 (CDT)", ("words",)),
    ],
)
def test_local_time_stands_and_a_zone_takes_instants(
    connection: duckdb.DuckDBPyConnection, written: str, formats: tuple[str, ...]
) -> None:
    assert read(connection, [written], *formats) == [EVENING]
    # 20:08 in Chicago is 02:08 of the next day in London.
    there = datetime(2024, 7, 6, 2, 8, 14)
    assert read(connection, [written], *formats, zone=LONDON) == [there]


@pytest.mark.parametrize(
    ("written", "formats"),
    [
        ("2024-07-05 20:08:14", ()),
        ("05.07.2024 20:08:14", ("%d.%m.%Y %H:%M:%S %z", "%d.%m.%Y %H:%M:%S")),
        ("5 July 2024 20:08:14", ("words",)),
    ],
)
def test_a_text_without_an_offset_is_local_already(
    connection: duckdb.DuckDBPyConnection, written: str, formats: tuple[str, ...]
) -> None:
    assert read(connection, [written], *formats, zone=LONDON) == [EVENING]


@pytest.mark.parametrize("end", ["Z", " Z", " UTC", "+00:00"])
def test_utc_is_an_offset(connection: duckdb.DuckDBPyConnection, end: str) -> None:
    written = [f"2024-07-05 20:08:14{end}"]
    assert read(connection, written) == [EVENING]
    assert read(connection, written, zone=LONDON) == [EVENING + timedelta(hours=1)]


@pytest.mark.parametrize(("zone", "hour"), [("", 12), (LONDON, 13)])
def test_a_native_moment_with_a_zone_is_an_instant(
    connection: duckdb.DuckDBPyConnection, zone: str, hour: int
) -> None:
    moments = pa.array([datetime(2024, 7, 5, 12)], pa.timestamp("us", "UTC"))
    connection.register("raw", pa.table({"at": moments}))
    table = ibis.table({"at": "timestamp('UTC')"}, name="raw")
    column = ColumnReading("at", "native", time_zone=zone)
    sql = to_sql(typed(table, Reading((column,), {"ordered_at": "at"}, ())).select("ordered_at"))
    assert connection.execute(sql).fetchall() == [(datetime(2024, 7, 5, hour),)]


MOMENTS = st.datetimes(datetime(1990, 1, 2), datetime(2099, 12, 30))


@settings(max_examples=examples(60), deadline=None)
@given(MOMENTS, st.sampled_from(["epoch_s", "epoch_ms", "epoch_us", "epoch_ns"]), st.booleans())
@example(datetime(2007, 1, 1, 0, 0, 0, 16), "epoch_ns", False)
@example(datetime(2007, 1, 1, 0, 0, 0, 16), "epoch_ns", True)
def test_counts_since_1970_are_of_utc(
    connection: duckdb.DuckDBPyConnection, moment: datetime, unit: str, native: bool
) -> None:
    micros = (moment - datetime(1970, 1, 1)) // timedelta(microseconds=1)
    per_second = {"epoch_s": 1, "epoch_ms": 10**3, "epoch_us": 10**6, "epoch_ns": 10**9}[unit]
    count = micros * per_second // 10**6
    expected = datetime(1970, 1, 1) + timedelta(microseconds=count * 10**6 // per_second)
    values = pa.array([count]) if native else pa.array([str(count)])
    kind = "int64" if native else "string"
    assert read(connection, values, unit, kind=kind) == [expected]
    local = expected.replace(tzinfo=UTC).astimezone(ZoneInfo(LONDON)).replace(tzinfo=None)
    assert read(connection, values, unit, kind=kind, zone=LONDON) == [local]


@settings(max_examples=examples(60), deadline=None)
@given(MOMENTS, st.booleans())
def test_the_days_of_excel(
    connection: duckdb.DuckDBPyConnection, moment: datetime, native: bool
) -> None:
    moment = moment.replace(microsecond=0)
    serial = (moment - datetime(1899, 12, 30)) / timedelta(days=1)
    values = pa.array([serial]) if native else pa.array([f"{serial:.9f}"])
    kind = "float64" if native else "string"
    assert read(connection, values, "excel", kind=kind) == [moment]


@pytest.mark.parametrize(
    ("written", "unit"),
    [("0", "epoch_s"), ("20240105", "epoch_s"), ("1704485294", "epoch_ms"), ("9", "excel"),
     ("1_704_485_294", "epoch_s"), ("nan", "excel"), ("99999", "excel")],
)  # fmt: skip
def test_a_count_far_from_our_time_is_none(
    connection: duckdb.DuckDBPyConnection, written: str, unit: str
) -> None:
    assert read(connection, [written], unit) == [None]


def test_several_forms_in_one_column(connection: duckdb.DuckDBPyConnection) -> None:
    written = ["2024-01-05", "05.01.24", "5.1.2024 10:00", "20240105", "45296", "5. März 2024"]
    formats = ("iso", "%Y%m%d", "%d.%m.%y", "%d.%m.%Y", "%d.%m.%Y %H:%M", "excel", "words")
    day = datetime(2024, 1, 5)
    expected = [day, day, day.replace(hour=10), day, day, datetime(2024, 3, 5)]
    assert read(connection, written, *formats) == expected


@pytest.mark.parametrize("written", ["epoch", "infinity", "now", "2024111", "2024-02-30", "x"])
def test_what_no_form_reads(connection: duckdb.DuckDBPyConnection, written: str) -> None:
    formats = ("iso", "%Y%m%d", "%d.%m.%y", "%d.%m.%Y", "excel", "words")
    assert read(connection, [written], *formats) == [None]


def test_digits_of_other_scripts(connection: duckdb.DuckDBPyConnection) -> None:
    written = ["٢٠٢٤-٠١-٠٥", "2024-01-05", "２０２４-０１-０５"]
    assert read(connection, written, any_digits=True) == [datetime(2024, 1, 5)] * 3


@pytest.mark.parametrize(
    ("kind", "values", "tokens"),
    [
        ("int64", [118, 40, None], ("118",)),
        ("float64", [118.0, 40.0, None], ("118",)),
        ("string", ["118", "40", None], ("118",)),
        ("date", [datetime(1900, 1, 1).date(), datetime(2024, 1, 1).date(), None], ("1900-01-01",)),
    ],
)
def test_missing_values_of_a_column(
    connection: duckdb.DuckDBPyConnection, kind: str, values: list[Any], tokens: tuple[str, ...]
) -> None:
    connection.register("raw", pa.table({"v": values}))
    table = ibis.table({"v": kind}, name="raw")
    column = ColumnReading("v", "text" if kind == "string" else "native", null_values=tokens)
    sql = to_sql(table.select(v=value(table, column, ())))
    assert [row[0] for row in connection.execute(sql).fetchall()] == [None, values[1], None]
