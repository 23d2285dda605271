"""Every stage in every dialect, or an error that names it."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import ibis
import pytest
import sqlglot

from segdb.errors import SettingsError
from segdb.exports.dialects import DIALECTS, Dialect, dialect
from segdb.exports.transpile import to_dialect
from segdb.expressions.scoring_chain import chain
from segdb.expressions.typed_source import typed
from segdb.source_schema import ColumnReading
from segdb.user_sql import UserSQL
from tests.test_golden import MODEL, RAW, RECIPE

STAGES = chain(RAW, RECIPE, MODEL)
ELSEWHERE = [one for one in DIALECTS.values() if one.name != "duckdb"]


def parsed(sql: str, into: Dialect) -> sqlglot.exp.Expr:
    """By sqlglot's own name of the dialect, and not by the compiler's."""
    return sqlglot.parse_one(sql, read={"mssql": "tsql"}.get(into.name, into.name))


@pytest.mark.parametrize("into", DIALECTS.values(), ids=DIALECTS)
@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_is_of_its_dialect(stage: str, into: Dialect) -> None:
    sql = to_dialect(stage, STAGES[stage], into)
    assert isinstance(parsed(sql, into), sqlglot.exp.Query)


@pytest.mark.parametrize("into", ELSEWHERE, ids=lambda one: one.name)
def test_a_cast_that_could_fail_is_a_check_and_a_cast(into: Dialect) -> None:
    table = ibis.table({"x": "float64", "n": "int64"}, name="t")
    columns = {"x": table.x.try_cast("decimal(18, 4)"), "n": table.n.try_cast("float64")}
    sql = to_dialect("orders_typed", table.select(**columns), into)
    assert "TRY_CAST" not in sql.upper()
    assert "-99999999999999.0" in sql
    assert "BETWEEN" in sql


@pytest.mark.parametrize("into", ELSEWHERE, ids=lambda one: one.name)
def test_a_truth_value_is_counted_without_a_cast(into: Dialect) -> None:
    table = ibis.table({"card": "string"}, name="t")
    sql = to_dialect("features", table.select(gold=(table.card == "gold").cast("float64")), into)
    assert "THEN 1" in sql.replace("CAST(1", "1").replace("\n", " ")


@pytest.mark.parametrize("name", ["postgres", "sqlite"])
def test_what_cannot_be_expressed_names_the_stage(name: str) -> None:
    table = ibis.table({"x": "string"}, name="t")
    with pytest.raises(
        SettingsError, match=f"{name} cannot express the stage orders_typed: a cast"
    ):
        to_dialect("orders_typed", table.select(x=table.x.try_cast("float64")), dialect(name))


@pytest.mark.parametrize("into", ELSEWHERE, ids=lambda one: one.name)
def test_dates_by_a_format_are_read_by_duckdb_alone(into: Dialect) -> None:
    reading = RECIPE.readings["orders"]
    moment = ColumnReading("transaction_timestamp", "timestamp", formats=("%d/%m/%Y",))
    columns = tuple(moment if c.name == moment.name else c for c in reading.columns)
    text = ibis.table({**dict(RAW["orders"].schema()), moment.name: "string"}, name="orders")
    stage = typed(text, replace(reading, columns=columns))
    with pytest.raises(SettingsError, match="orders_typed"):
        to_dialect("orders_typed", stage, into)


@pytest.mark.parametrize(
    "written",
    [
        "count(*)",
        "count(DISTINCT a)",
        "sum(a) / count(a)",
        "max(a) FILTER (WHERE a > 2)",
    ],
)
@pytest.mark.parametrize("name", ["bigquery", "snowflake", "mssql"])
def test_the_users_sql_without_filter_counts_the_same_rows(written: str, name: str) -> None:
    table = ibis.table({"id": "int64", "reason": "string", "a": "float64"}, name="t")
    own = UserSQL.parse("own", written, "features.sql", aggregate=True)
    values = [table[column] for column in own.columns]
    query = table.group_by("id").agg(own=own.aggregated(table.reason.isnull(), values))
    sql = to_dialect("orders_by_customer", query, dialect(name))
    assert "FILTER" not in sql.upper()
    back = sqlglot.transpile(sql, read={"mssql": "tsql"}.get(name, name), write="duckdb")[0]
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE t AS SELECT i % 5 AS id, CASE WHEN i % 3 = 0 THEN 'x' END AS reason, "
            "i % 7 * 1.5 AS a FROM range(90) r(i)"
        ).fetchall()
        kept = f"SELECT id, {written} AS own FROM t WHERE reason IS NULL GROUP BY id ORDER BY id"
        expected = connection.execute(kept).fetchall()
        assert connection.execute(f"SELECT * FROM ({back}) ORDER BY id").fetchall() == expected


def test_an_unknown_dialect_is_told() -> None:
    with pytest.raises(SettingsError, match="Did you mean 'postgres'"):
        dialect("postgresql")


@pytest.mark.parametrize("name", ["sqlite", "mssql", "postgres"])
def test_patterns_are_refused_where_there_are_none(name: str) -> None:
    table = ibis.table({"code": "string"}, name="t")
    sql = UserSQL.parse(
        "regexp_like", "regexp_matches(code, '^\\d')", "clean.reject", aggregate=False
    )
    stage = table.select(found=sql.over([table.code]), told=ibis.literal("a REGEXP here"))
    if name == "postgres":
        assert to_dialect("orders_clean", stage, dialect(name))
        return
    with pytest.raises(
        SettingsError, match="the stage orders_clean: it has no regular expressions"
    ):
        to_dialect("orders_clean", stage, dialect(name))
    harmless = table.select(told=ibis.literal("a REGEXP here"))
    assert "REGEXP" in to_dialect("orders_clean", harmless, dialect(name))
