"""The named queries: what each file says of itself holds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from segdb.contract import TABLES
from segdb.errors import UserError
from segdb.named_queries import Parameter, Query, Value, all_queries, named

FOLDER = Path(__file__).resolve().parent.parent / "sql" / "queries"
QUERIES = all_queries()
CONTRACT = {table.name: table for table in TABLES}


def parsed(sql: str) -> exp.Expr:
    trees = sqlglot.parse(sql, read="duckdb")
    assert len(trees) == 1
    assert trees[0] is not None
    return trees[0]


def read_by(sql: str) -> set[tuple[str, str]]:
    """(schema, name) of every table that is no CTE."""
    tree = parsed(sql)
    own = {cte.alias for cte in tree.find_all(exp.CTE)}
    return {(t.db, t.name) for t in tree.find_all(exp.Table) if t.db or t.name not in own}


def test_every_file_is_a_query_by_its_name() -> None:
    assert set(QUERIES) == {path.stem for path in FOLDER.iterdir()}
    assert len(QUERIES) >= 12
    assert all(re.fullmatch("[a-z]+(_[a-z]+)*", name) for name in QUERIES)
    assert len({query.question for query in QUERIES.values()}) == len(QUERIES)


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_the_header_says_the_question_and_the_tables(query: Query) -> None:
    lines = query.sql.splitlines()
    assert lines[0] == f"-- {query.question}"
    assert query.question.endswith("?")
    assert lines[1].startswith("-- Reads ")
    listed = re.split(r"[:.]", lines[1].removeprefix("-- Reads "))[0].split(", ")
    assert len(set(listed)) == len(listed)
    assert read_by(query.sql) == {("segdb", name) for name in listed}
    assert set(listed) <= set(CONTRACT)


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_it_is_one_select_in_an_order(query: Query) -> None:
    tree = parsed(query.sql)
    assert isinstance(tree, exp.Select)
    assert tree.args.get("order") is not None
    assert query.sql.endswith(";\n")


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_parameters_are_declared_and_used(query: Query) -> None:
    code = "\n".join(line for line in query.sql.splitlines() if not line.startswith("--"))
    assert set(re.findall(r"\$(\w+)", code)) == set(query.parameters)


@pytest.mark.parametrize("schema", ["segdb", "shop", 'qu"ote', "select", "😀"])
@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_it_moves_to_another_schema_whole(query: Query, schema: str) -> None:
    moved = query.on(schema)
    assert {owner for owner, _ in read_by(moved)} == {schema}
    assert {name for _, name in read_by(moved)} == {name for _, name in read_by(query.sql)}
    assert set(re.findall(r"\$(\w+)", moved)) >= set(query.parameters)


def test_a_name_that_is_none_names_the_nearest() -> None:
    assert named("best_customers") == QUERIES["best_customers"]
    with pytest.raises(UserError, match=r"no query 'best_customer'.*'best_customers'"):
        named("best_customer")


def test_values_are_given_or_the_default() -> None:
    defaults: dict[str, Value] = {"limit": 20, "share": 0.5, "name": "%"}
    query = Query("q", "Who?", "SELECT $limit", {n: Parameter(v) for n, v in defaults.items()})
    assert query.values({}) == defaults
    given = query.values({"limit": "5", "share": "0.25", "name": "7"})
    assert given == {"limit": 5, "share": 0.25, "name": "7"}
    with pytest.raises(UserError, match=r"The query q has no size\. There is: limit, name, share"):
        query.values({"size": "5"})
    with pytest.raises(UserError, match=r"The query q has no x\. It has no parameters"):
        Query("q", "Who?", "SELECT 1", {}).values({"x": "5"})


@pytest.mark.parametrize("text", ["five", "-3", "0", "2.5", "", "nan", "inf", "1e3"])
def test_a_number_that_is_none_or_too_small(text: str) -> None:
    with pytest.raises(UserError) as caught:
        Parameter(20, least=1).value("limit", text)
    assert str(caught.value) == f"limit takes a whole number of 1 or more, not '{text}'."


@pytest.mark.parametrize("text", ["two", "-0.5", "nan", "inf", "-inf"])
def test_a_number_that_need_not_be_whole(text: str) -> None:
    assert Parameter(2.0).value("times", "0.5") == 0.5
    with pytest.raises(UserError, match=f"times takes a number of 0 or more, not '{text}'"):
        Parameter(2.0).value("times", text)


def test_a_number_beyond_what_the_database_counts_to() -> None:
    assert Parameter(20, least=1).value("limit", "9" * 30) == 2**63 - 1


def test_a_value_without_a_default_must_be_given() -> None:
    query = Query("q", "Who is it?", "SELECT $ids", {"ids": Parameter(None)})
    assert query.values({"ids": "7"}) == {"ids": "7"}
    with pytest.raises(UserError, match=r"The query q needs ids\. Who is it\?"):
        query.values({})


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_a_parameter_says_what_it_takes(query: Query) -> None:
    """A text names something that is published; how many customers is at least one."""
    for name, parameter in query.parameters.items():
        named_there = parameter.like or parameter.each
        if named_there is None:
            assert isinstance(parameter.default, int | float)
            assert parameter.least == (1 if name in {"limit", "each"} else 0)
        else:
            table, column = named_there.split(".")
            assert column in {one.name for one in CONTRACT[table].columns}
