"""What an engine would refuse, or take for something else, is said as it wants it."""

from __future__ import annotations

import sqlite3
from datetime import datetime

import ibis
import ibis.expr.types as ir
import pytest

from segdb.exports.dialects import dialect
from segdb.exports.transpile import to_dialect
from segdb.user_sql import UserSQL

ORDERS = ibis.table(
    {
        "id": "string",
        "day": "timestamp(6)",
        "n": "int64",
        "x": "float64",
        "basket": "int64",
    },
    name="orders",
)


def said(name: str, **columns: ir.Value) -> str:
    return " ".join(to_dialect("orders_typed", ORDERS.select(**columns), dialect(name)).split())


@pytest.mark.parametrize(
    ("name", "now"),
    [
        ("postgres", "TIMEZONE('UTC', CURRENT_TIMESTAMP)"),
        ("bigquery", "CURRENT_DATETIME()"),
        ("snowflake", "SYSDATE()"),
        ("trino", "AT_TIMEZONE(CURRENT_TIMESTAMP, 'UTC')"),
        ("mssql", "SYSUTCDATETIME()"),
    ],
)
def test_now_is_in_utc(name: str, now: str) -> None:
    assert now in said(name, late=ORDERS.day > ibis.now().cast("timestamp(6)"))


@pytest.mark.parametrize(
    ("name", "later"),
    [
        ("postgres", "TIMEZONE('UTC', CURRENT_TIMESTAMP) + INTERVAL '14 HOUR'"),
        ("sqlite", "'+14 hours')"),
        ("spark", "CAST(CURRENT_TIMESTAMP() AS TIMESTAMP) + INTERVAL '14' HOUR"),
        ("bigquery", "DATETIME_ADD(CURRENT_DATETIME(), INTERVAL 14 HOUR)"),
        ("snowflake", "DATEADD(HOUR, '14', CAST(SYSDATE() AS TIMESTAMPNTZ(6)))"),
        ("trino", "AT_TIMEZONE(CURRENT_TIMESTAMP, 'UTC') AS TIMESTAMP(6)) + INTERVAL '14' HOUR"),
        ("clickhouse", "CAST(now() AS Nullable(DateTime64(6))) + INTERVAL '14' HOUR"),
        ("mssql", "DATEADD(HOUR, CAST('14' AS BIGINT), SYSUTCDATETIME())"),
    ],
)
def test_hours_after_now(name: str, later: str) -> None:
    moment = ibis.now().cast("timestamp(6)") + ibis.interval(hours=14)
    assert later in said(name, late=ORDERS.day > moment)


@pytest.mark.parametrize(("hours", "late"), [(-24, 0), (0, 0), (13, 0), (15, 1), (40, 1)], ids=str)
def test_hours_after_now_in_sqlite_itself(hours: int, late: int) -> None:
    moment = ibis.now().cast("timestamp(6)") + ibis.interval(hours=14)
    with sqlite3.connect(":memory:") as connection:
        connection.execute(
            "CREATE TABLE orders AS SELECT strftime('%Y-%m-%d %H:%M:%f', 'now', ?) AS day",
            [f"{hours:+} hours"],
        )
        rows = connection.execute(said("sqlite", late=ORDERS.day > moment)).fetchall()
    assert rows == [(late,)]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("postgres", "TIMESTAMP(6)"),
        ("bigquery", "DATETIME"),
        ("snowflake", "TIMESTAMPNTZ(6)"),
        ("spark", "TIMESTAMP"),
        ("databricks", "TIMESTAMP"),
        ("trino", "TIMESTAMP(6)"),
        ("clickhouse", "Nullable(DateTime64(6))"),
        ("mssql", "DATETIME2(6)"),
    ],
)
def test_a_moment_is_a_text_that_is_cast(name: str, kind: str) -> None:
    moment = ibis.literal(datetime(2024, 5, 1, 13, 30), "timestamp(6)")
    assert f"CAST('2024-05-01 13:30:00' AS {kind})" in said(name, day=moment)


def test_moments_stay_in_the_range_of_clickhouse() -> None:
    first, last = (ibis.literal(end, "timestamp(6)") for end in ("1000-01-01", "9999-12-30"))
    sql = said("clickhouse", sensible=ORDERS.day.between(first, last))
    assert "'1900-01-01 00:00:00'" in sql
    assert "'2299-12-31 00:00:00'" in sql


def test_clickhouse_counts_each_order_and_each_penny() -> None:
    counted = ORDERS.group_by("id").agg(
        some=ORDERS.basket.nunique(where=ORDERS.n > 0), every=ORDERS.basket.nunique()
    )
    sql = to_dialect("orders_by_customer", counted, dialect("clickhouse"))
    assert "uniqExactIf(" in sql
    assert "uniqExact(" in sql
    money = said("clickhouse", amount=ORDERS.x.try_cast("decimal(18, 4)"))
    # CAST(0.29 * 3 AS Decimal(18, 4)) is 0.8699 there.
    assert 'ROUND("t0"."x", 4)' in money
    assert "AS Nullable(String)) AS Nullable(Decimal(18, 4)))" in money


def test_bigquery_takes_seconds_of_a_timestamp_alone() -> None:
    assert "UNIX_SECONDS(TIMESTAMP(`t0`.`day`))" in said("bigquery", s=ORDERS.day.epoch_seconds())


def test_null_sorts_last_in_bigquery() -> None:
    place = ibis.row_number().over(ibis.window(group_by=ORDERS.id, order_by=[ORDERS.x, ORDERS.n]))
    sql = said("bigquery", place=place)
    assert "ORDER BY `t0`.`x` IS NULL ASC, `t0`.`x` ASC, `t0`.`n` IS NULL ASC" in sql


def test_snowflake_divides_as_doubles() -> None:
    assert 'CAST("t0"."n" AS DOUBLE) / 86400.0' in said("snowflake", d=ORDERS.n / 86400.0)
    own = UserSQL.parse("own", "count(DISTINCT basket) / count(*)", "features.sql", aggregate=True)
    query = ORDERS.group_by("id").agg(own=own.aggregated(ORDERS.n.notnull(), [ORDERS.basket]))
    sql = " ".join(to_dialect("orders_by_customer", query, dialect("snowflake")).split())
    assert "AS DOUBLE) / " in sql


def test_sql_server_keeps_every_letter_and_goes_beyond_2038() -> None:
    sql = said("mssql", size=ORDERS.id.nullif("Größe"), s=ORDERS.day.epoch_seconds())
    assert "N'Größe'" in sql
    assert "DATEDIFF_BIG(SECOND" in sql
    cast = said("mssql", text=ORDERS.n.cast("string"))
    assert "AS NVARCHAR(MAX))" in cast
