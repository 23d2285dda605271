"""The user's own SQL: what is taken, what is refused, and that splicing changes no result."""

from __future__ import annotations

import math
from collections.abc import Iterator

import duckdb
import ibis
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st

from segdb.errors import SettingsError
from segdb.sql import to_sql
from segdb.user_sql import UserSQL

ORDERS = ibis.table(
    {
        "c": "int64",
        "x": "float64",
        "Net Amount": "decimal(18, 4)",
        "t": "timestamp(6)",
        "s": "string",
        "reason": "string",
    },
    name="orders",
)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(
            """
            CREATE TABLE orders AS
            SELECT
                i % 7 AS c,
                CASE WHEN i % 13 > 0 THEN (i * 37 % 101)::DOUBLE END AS x,
                ((i * 53 % 997) / 4)::DECIMAL(18, 4) AS "Net Amount",
                TIMESTAMP '2020-01-01' + i * INTERVAL 7 HOUR AS t,
                ['red', 'it''s', 'grün', NULL][1 + i % 4] AS s,
                CASE WHEN i % 5 = 0 THEN 'rejected' END AS reason
            FROM range(200) AS r(i)
            """
        ).fetchall()
        yield connection


AGGREGATES = [
    "count(*)",
    "count(x)",
    "count(DISTINCT s)",
    "sum(x) / count(*)",
    'sum("Net Amount")',
    "sum(\"Net Amount\") FILTER (WHERE s = 'it''s')",
    "count(*) FILTER (WHERE x > 50 OR s IS NULL)",
    "coalesce(sum(x) FILTER (WHERE x > 1e9), -1)",
    "quantile_cont(x, 0.9)",
    "percentile_cont(0.25) WITHIN GROUP (ORDER BY x DESC)",
    "percentile_cont(0.25) WITHIN GROUP (ORDER BY x) FILTER (WHERE x > 3)",
    "first(x ORDER BY t DESC)",
    "arg_max(x, t)",
    "any_value(c)",
    "median(x) - avg(x)",
    "mad(x)",
    "entropy(s)",
    "stddev_samp(x)",
    "corr(x, epoch(t))",
    "count_if(x > 50)",
    "bool_or(x > 95)",
    "date_diff('day', min(t), max(t))",
    "CASE WHEN count(*) > 20 THEN sum(x) ELSE 0 END",
    "sum(CASE WHEN s = 'red' THEN x END)",
    "sum(X) + sum(x)",
    "sum(DISTINCT x)",
    "sum(list_sum([x, 1.0]))",
    "list(x ORDER BY t)[1]",
    "count(*) % 2 = 0",
    "sum(x)::INTEGER",
    "1 + count(*) -- all of them",
]


@pytest.mark.parametrize("text", AGGREGATES)
def test_an_aggregate_equals_plain_sql(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    own = UserSQL.parse("own", text, "features.sql", aggregate=True)
    names = {name.lower(): name for name in ORDERS.columns}
    values = [ORDERS[names[column.lower()]] for column in own.columns]
    query = ORDERS.group_by("c").agg(own=own.aggregated(ORDERS.reason.isnull(), values))
    relation = connection.sql(to_sql(query))
    assert [str(kind) for kind in relation.types] == ["BIGINT", "DOUBLE"]
    plain = connection.sql(
        f"SELECT c, ({text}\n)::DOUBLE FROM orders WHERE reason IS NULL GROUP BY c"
    )
    for (_, got), (_, wanted) in zip(
        sorted(relation.fetchall()), sorted(plain.fetchall()), strict=True
    ):
        assert got == wanted or math.isclose(got, wanted, rel_tol=1e-12)


def test_several_in_one_group_by(connection: duckdb.DuckDBPyConnection) -> None:
    texts = {"many": "count(*)", "most": "max(x)", "more": "max(x) + count(*)"}
    own = [UserSQL.parse(name, sql, "features.sql", aggregate=True) for name, sql in texts.items()]
    kept = ORDERS.reason.isnull()
    query = ORDERS.agg(
        **{sql.name: sql.aggregated(kept, [ORDERS[name] for name in sql.columns]) for sql in own}
    )
    got = connection.sql(to_sql(query)).fetchall()[0]
    assert got[2] == got[0] + got[1]
    assert to_sql(query).upper().count("FROM") == 1


PREDICATES = [
    "x > 50",
    "NOT regexp_matches(s, '^r')",
    "s IS NULL OR x BETWEEN 10 AND 20",
    "s IN ('red', 'it''s')",
    '"Net Amount" < 100 AND X IS NOT NULL',
    "t::DATE = DATE '2020-01-08'",
    "s ILIKE '%ü%'",
    "list_contains(['red'], s)",
    "true",
    "x > 50 -- and more",
    "o.x > 50",
]


@pytest.mark.parametrize("text", PREDICATES)
def test_a_predicate_equals_plain_sql(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    own = UserSQL.parse("own", text, "clean.reject", aggregate=False)
    names = {name.lower(): name for name in ORDERS.columns}
    verdict = own.over([ORDERS[names[column.lower()]] for column in own.columns])
    query = ORDERS.select("t", reason=ibis.cases((verdict, "own"), else_=ibis.null("string")))
    got = connection.sql(to_sql(query)).order("t").fetchall()
    plain = connection.sql(
        f"SELECT t, CASE WHEN ({text}\n) THEN 'own' END FROM orders AS o ORDER BY t"
    )
    assert got == plain.fetchall()


def test_an_operator_does_not_reach_out_of_the_splice(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    own = UserSQL.parse("own", "x > 50 OR true", "clean.reject", aggregate=False)
    query = ORDERS.agg(n=(own.over([ORDERS.x]) & (ORDERS.c < 0)).sum())
    assert connection.sql(to_sql(query)).fetchall() == [(0,)]


def test_a_column_may_be_an_expression(connection: duckdb.DuckDBPyConnection) -> None:
    own = UserSQL.parse("own", "x * 2 = 0", "clean.reject", aggregate=False)
    query = ORDERS.agg(n=own.over([ORDERS.x.fill_null(1.0) - 1.0]).sum())
    wanted = connection.sql("SELECT sum(coalesce(x, 1) = 1) FROM orders").fetchall()
    assert connection.sql(to_sql(query)).fetchall() == wanted


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("sum(x", "is not SQL"),
        ("sum(x) >", "is not SQL: it ends too early."),
        ("sum(x), sum(y)", "one SQL expression"),
        ("sum(x) FROM secrets", "one SQL expression"),
        ("sum(x); DROP TABLE orders", "one SQL expression"),
        ("DISTINCT sum(x)", "one SQL expression"),
        ("sum(x) AS total", "leave out the AS"),
        ("(SELECT max(x) FROM orders)", "a subquery"),
        ("count(*) FILTER (WHERE x IN (SELECT 1))", "a subquery"),
        ("sum(sum(x)) OVER ()", "a window function"),
        ("row_number() OVER (ORDER BY x)", "a window function"),
        ("sum(*)", "* outside of count(*)"),
        ("sum(COLUMNS('x'))", "* outside of count(*)"),
        ("unnest(list(x))", "unnest"),
        ("sum(x) > ?", "a parameter"),
        ("count(*) * random()", "a random number"),
        ("sum(sum(x))", "aggregate of an aggregate"),
        ("mad(sum(x))", "aggregate of an aggregate"),
        ("x", "it takes an aggregate"),
        ("1", "it takes an aggregate"),
        ("x + 1", "it takes an aggregate"),
        ("sum(x) / y", "the column y stands outside"),
    ],
)
def test_what_is_no_aggregate_is_refused_by_name(text: str, words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        UserSQL.parse("my_feature", text, "features.sql", aggregate=True)
    message = str(caught.value)
    assert message.startswith("[features.sql] my_feature")
    assert words in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("count(*) > 3", "looks at one row"),
        ("mad(x) > 3", "looks at one row"),
        ("x > (SELECT 3)", "a subquery"),
        ("EXISTS (FROM orders)", "a subquery"),
        ("x > 3 ORDER BY x", "one SQL expression"),
        ("random() < 0.1", "a random number"),
        ("uuid() = s", "a random number"),
    ],
)
def test_what_is_no_predicate_is_refused_by_name(text: str, words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        UserSQL.parse("odd", text, "clean.reject", aggregate=False)
    assert str(caught.value).startswith("[clean.reject] odd")
    assert words in str(caught.value)


def test_columns_are_named_once_in_order() -> None:
    own = UserSQL.parse("own", 'b > 0 AND "a b" = b AND B < 1', "clean.reject", aggregate=False)
    assert own.columns == ("b", "a b", "B")


@settings(deadline=None)
@given(st.text())
def test_no_text_ends_in_anything_but_settings_or_an_expression(text: str) -> None:
    try:
        own = UserSQL.parse("own", text, "clean.reject", aggregate=False)
    except SettingsError:
        return
    assert own.text == text


def test_it_is_spliced_into_sql_of_any_dialect() -> None:
    own = UserSQL.parse("own", "count(DISTINCT s)", "features.sql", aggregate=True)
    query = ORDERS.group_by("c").agg(own=own.aggregated(ORDERS.reason.isnull(), [ORDERS.s]))
    assert "\n" in to_sql(query)
    spark = to_sql(query, "databricks")
    assert "`c`" in spark
    assert sqlglot.parse_one(spark, read="databricks")


def test_brackets_without_end_are_said() -> None:
    for count in (300, 3000):
        text = "(" * count + "amount" + ")" * count + " > 0"
        with pytest.raises(SettingsError, match="nested too deep"):
            UserSQL.parse("deep", text, "clean.reject", aggregate=False)
