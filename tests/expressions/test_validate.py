"""Cleaning: every row is kept or rejected, once, for the first reason that applies."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import duckdb
import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segdb.expressions import validate
from segdb.expressions.aggregate_orders import per_customer, without_orders
from segdb.expressions.rejected_rows import rejects, unreadable
from segdb.expressions.typed_source import typed
from segdb.expressions.validate import Rules
from segdb.features.catalogue import Catalogue
from segdb.source_schema import ColumnReading, Reading
from segdb.sql import to_sql
from segdb.user_sql import UserSQL
from tests.depth import examples

LATEST = datetime(2024, 6, 1)
ODD, BIG = "odd code", "too big"
# Raw columns, some of them called like columns of ours.
RAW = ibis.schema(
    {
        "customer_id": "int64",
        "when": "timestamp(6)",
        "amount": "float64",
        "returned": "float64",
        "code": "string",
        "reason": "string",
        "copies": "int64",
    }
)
READING = Reading(
    tuple(ColumnReading(name, "native") for name in RAW),
    {
        "customer_id": "customer_id",
        "ordered_at": "when",
        "amount": "amount",
        "quantity": "returned",
        "order_id": "code",
    },
)
PREDICATES = tuple(
    UserSQL.parse(name, text, "clean.reject", aggregate=False)
    for name, text in ((ODD, "code = 'X'"), (BIG, "amount > 90 OR copies > 1"))
)
Row = tuple[Any, ...]


def reasons_of(row: Row, *, returns: bool) -> list[str]:
    """Every reason that applies to an order row by itself, in their order."""
    customer, when, amount, quantity, code, _, copies = row
    size = 0.0 if amount is None else amount
    faults = {
        validate.MISSING_ID: customer is None,
        validate.BAD_DATE: when is None,
        validate.BAD_AMOUNT: amount is None,
        validate.FUTURE: when is not None and when > LATEST,
        validate.RETURN: returns and (size < 0 or (quantity or 0.0) < 0),
        ODD: code == "X",
        BIG: size > 90 or (copies or 0) > 1,
    }
    return [reason for reason, applies in faults.items() if applies]


BEFORE_DUPLICATES = {validate.MISSING_ID, validate.BAD_DATE, validate.BAD_AMOUNT, validate.FUTURE}


def judged_in_python(
    rows: Sequence[Row], *, returns: bool, fold: bool
) -> tuple[Counter[Row], Counter[tuple[str, Row]]]:
    """Kept rows, and (reason, row) of the rejected ones."""
    kept: list[Row] = []
    rejected: list[tuple[str, Row]] = []
    for row, copies in Counter(rows).items():
        reason = next(iter(reasons_of(row, returns=returns)), None)
        alike = copies if not fold or reason in BEFORE_DUPLICATES else 1
        rejected += [(validate.DUPLICATE_ROW, row)] * (copies - alike)
        if reason is None:
            kept += [row] * alike
        else:
            rejected += [(reason, row)] * alike
    bought = {row[0] for row in kept if row[2] >= 0 and (row[3] or 0.0) >= 0}
    rejected += [(validate.ONLY_RETURNS, row) for row in kept if row[0] not in bought]
    return Counter(row for row in kept if row[0] in bought), Counter(rejected)


class Cleaner:
    """The stages up to the rejects as views over a table of raw orders."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, *, returns: bool, fold: bool) -> None:
        self.connection = connection
        rules = Rules(returns=returns, predicates=PREDICATES, latest=LATEST)
        raw = self.made("raw", None, RAW)
        table = validate.deduplicated(raw) if fold else raw
        rows = self.made("typed", typed(table, READING))
        validated = self.made("judged", validate.validated_orders(rows, READING, rules))
        customers = self.made("customers", per_customer(validated, Catalogue(()), READING))
        dropped = self.made("dropped", without_orders(customers))
        self.made("rejects", rejects(validated, READING, dropped))

    def made(self, name: str, query: ibis.Table | None, schema: ibis.Schema | None = None) -> Any:
        if query is None:
            self.connection.execute(
                'CREATE TABLE raw (customer_id BIGINT, "when" TIMESTAMP, amount DOUBLE, '
                "returned DOUBLE, code VARCHAR, reason VARCHAR, copies BIGINT)"
            ).fetchall()
            return ibis.table(schema, name=name)
        self.connection.execute(f"CREATE VIEW {name} AS {to_sql(query)}").fetchall()
        return ibis.table(query.schema(), name=name)

    def fill(self, rows: Sequence[Row]) -> None:
        self.connection.execute("DELETE FROM raw").fetchall()
        if rows:
            marks = ", ".join(["(?, ?, ?, ?, ?, ?, ?)"] * len(rows))
            values = [value for row in rows for value in row]
            self.connection.execute(f"INSERT INTO raw VALUES {marks}", values).fetchall()

    def ask(self, sql: str) -> list[Row]:
        return self.connection.execute(sql).fetchall()


@pytest.fixture(scope="module", params=[(r, f) for r in (False, True) for f in (False, True)])
def cleaner(request: pytest.FixtureRequest) -> Iterator[tuple[Cleaner, bool, bool]]:
    returns, fold = request.param
    with duckdb.connect() as connection:
        yield Cleaner(connection, returns=returns, fold=fold), returns, fold


def test_a_return_lowers_the_total_however_it_is_written(
    cleaner: tuple[Cleaner, bool, bool],
) -> None:
    day = datetime(2024, 1, 1)
    cleaner[0].fill([
        (1, day, amount, quantity, code, None, None)
        for amount, quantity, code in ((5.0, -2.0, "a"), (-5.0, -2.0, "b"), (-5.0, None, "c"))
    ])  # fmt: skip
    assert set(cleaner[0].ask("SELECT DISTINCT amount, returned FROM judged")) == {
        (Decimal("-5.0000"), True)
    }
    # Nothing that changed hands is no return.
    cleaner[0].fill([(1, day, 5.0, 0.0, "a", None, None), (1, day, 0.0, None, "b", None, None)])
    assert cleaner[0].ask("SELECT returned FROM judged") == [(False,), (False,)]


def as_json(row: Row) -> str:
    """The row as its JSON says it, keys in the order of the columns."""
    told = dict(zip(RAW, row, strict=True))
    if told["when"] is not None:
        told["when"] = told["when"].isoformat(sep=" ")
    return json.dumps(told)


MOMENTS = [datetime(2024, 1, 1), datetime(2024, 6, 1), datetime(2024, 6, 1, 0, 0, 0, 1)]
ROWS = st.lists(
    st.tuples(
        st.sampled_from([None, 1, 2, 3]),
        st.sampled_from([None, *MOMENTS]),
        st.sampled_from([None, -5.0, 0.0, 10.5, 99.0]),
        st.sampled_from([None, None, 1.0, -1.0]),
        st.sampled_from(["A", "B", "X", None]),
        st.sampled_from([None, "mine"]),
        st.sampled_from([None, 1, 2]),
    ),
    max_size=25,
)


@settings(deadline=None, max_examples=examples(60))
@given(rows=ROWS, again=st.lists(st.integers(0, 24), max_size=12))
def test_nothing_is_lost_and_nothing_is_counted_twice(
    cleaner: tuple[Cleaner, bool, bool], rows: list[Row], again: list[int]
) -> None:
    run, returns, fold = cleaner
    rows = rows + [rows[place] for place in again if place < len(rows)]
    run.fill(rows)
    kept, rejected = judged_in_python(rows, returns=returns, fold=fold)
    wanted = Counter({(reason, as_json(row)): n for (reason, row), n in rejected.items()})
    got = Counter(
        (reason, json.dumps(json.loads(row)))
        for reason, row in run.ask("SELECT reason, row FROM rejects")
    )
    assert got == wanted
    still = Counter(
        run.ask(
            'SELECT "customer_id (source)", "when", "amount (source)", "returned (source)", code, '
            '"reason (source)", "copies (source)" FROM judged WHERE reason IS NULL '
            "AND customer_id NOT IN (SELECT customer_id FROM dropped)"
        )
    )
    assert still == kept
    accounts = run.ask("SELECT coalesce(sum(read_rows), 0) FROM customers")
    assert accounts == [(len(rows),)]
    assert len(rows) == sum(kept.values()) + sum(got.values())


# Of each reason a row that has it, and no reason before it.
GOOD: Row = (1, datetime(2024, 1, 1), 10.0, 1.0, "A", None, None)
ORDERS_CASES: Mapping[str, tuple[list[Row], list[str]]] = {
    validate.MISSING_ID: ([(None, None, None, -1.0, "X", None, 5)], [validate.MISSING_ID]),
    validate.BAD_DATE: ([(1, None, None, -1.0, "X", None, 5)], [validate.BAD_DATE]),
    validate.BAD_AMOUNT: ([(1, MOMENTS[2], None, -1.0, "X", None, 5)], [validate.BAD_AMOUNT]),
    validate.FUTURE: ([(1, MOMENTS[2], -1.0, 1.0, "X", None, 5)] * 2, [validate.FUTURE] * 2),
    validate.DUPLICATE_ROW: ([GOOD] * 3, [validate.DUPLICATE_ROW] * 2),
    validate.RETURN: (
        [(1, MOMENTS[1], -1.0, 1.0, "X", None, 5)] * 2,
        [validate.DUPLICATE_ROW, validate.RETURN],
    ),
    ODD: ([(1, MOMENTS[1], 99.0, 1.0, "X", None, None)], [ODD]),
    BIG: ([(1, MOMENTS[1], 99.0, 1.0, "A", None, None)], [BIG]),
}
# These belong to customers, or come from other modules: see below.
ELSEWHERE = {
    validate.DUPLICATE_CUSTOMER,
    validate.NO_ORDERS,
    validate.ONLY_RETURNS,
    validate.UNREADABLE,
    validate.FAR_DATE,
}


def test_every_reason_has_a_case() -> None:
    named = {
        value for name, value in vars(validate).items() if name.isupper() and isinstance(value, str)
    }
    own = {value for value in named if not value.startswith("segdb_")}
    assert own == (set(ORDERS_CASES) - {ODD, BIG}) | ELSEWHERE


@pytest.mark.parametrize("reason", ORDERS_CASES)
def test_a_reason_outranks_those_after_it(reason: str) -> None:
    rows, wanted = ORDERS_CASES[reason]
    with duckdb.connect() as connection:
        run = Cleaner(connection, returns=True, fold=True)
        run.fill([*rows, (7, *GOOD[1:])])
        assert sorted(r for (r,) in run.ask("SELECT reason FROM rejects")) == sorted(wanted)


def test_a_customer_with_returns_alone_is_rejected() -> None:
    back = (5, MOMENTS[0], -3.0, 1.0, "A", None, None)
    with duckdb.connect() as connection:
        run = Cleaner(connection, returns=False, fold=True)
        run.fill([back, back, GOOD, (1, MOMENTS[0], -3.0, 1.0, "A", None, None)])
        got = run.ask("SELECT reason FROM rejects ORDER BY reason")
        assert got == [(validate.DUPLICATE_ROW,), (validate.ONLY_RETURNS,)]


def test_amounts_are_exact() -> None:
    with duckdb.connect() as connection:
        run = Cleaner(connection, returns=False, fold=False)
        run.fill([(1, MOMENTS[0], 0.1, 1.0, "A", None, None)] * 3)
        assert run.ask("SELECT sum(amount) FROM judged") == [(Decimal("0.3"),)]


def test_without_a_latest_moment_it_is_the_latest_on_earth() -> None:
    table = ibis.table({"customer_id": "int64", "ordered_at": "timestamp(6)", "amount": "int64"})
    query = validate.validated_orders(table, Reading((), {}), Rules())
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'America/New_York'").fetchall()
        name = table.get_name()
        connection.execute(
            f"CREATE TABLE {name} AS SELECT h AS customer_id, 1 AS amount, "
            "(now() AT TIME ZONE 'UTC' + h * INTERVAL 1 HOUR) AS ordered_at "
            "FROM (VALUES (-24), (0), (13), (15)) AS v(h)"
        ).fetchall()
        got = connection.sql(to_sql(query)).order("customer_id").select("reason").fetchall()
    assert got == [(None,), (None,), (None,), (validate.FUTURE,)]


CUSTOMER_RAW = ibis.schema({"id": "string", "age": "int64", "nth": "int64"})
CUSTOMER_READING = Reading(
    (
        ColumnReading("id", "text"),
        ColumnReading("age", "native"),
        ColumnReading("nth", "native"),
    ),
    {"customer_id": "id"},
)
MINOR = UserSQL.parse("minor", "age < 18", "clean.reject", aggregate=False)


def judged_customers(
    rows: Sequence[Row], *, fold: bool, buyers: Sequence[int] | None
) -> tuple[list[tuple[Any, Any, str | None]], list[tuple[str, Row]], tuple[int, int]]:
    """(customer_id, age, reason) of all rows, (reason, row) of rejects, (read, kept)."""
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE raw (id VARCHAR, age BIGINT, nth BIGINT)").fetchall()
        connection.execute("CREATE TABLE buyers (customer_id BIGINT)").fetchall()
        if rows:
            connection.executemany("INSERT INTO raw VALUES (?, ?, ?)", rows).fetchall()
        if buyers:
            connection.executemany(
                "INSERT INTO buyers VALUES (?)", [[buyer] for buyer in buyers]
            ).fetchall()
        raw = ibis.table(CUSTOMER_RAW, name="raw")
        known = ibis.table({"customer_id": "int64"}, name="buyers")
        table = typed(validate.deduplicated(raw) if fold else raw, CUSTOMER_READING)
        validated = validate.validated_customers(
            table, CUSTOMER_READING, Rules(predicates=(MINOR,)), None if buyers is None else known
        )
        connection.execute(f"CREATE TABLE validated AS {to_sql(validated)}").fetchall()
        view = ibis.table(validated.schema(), name="validated")
        every = connection.execute("SELECT customer_id, age, reason FROM validated").fetchall()
        told = connection.sql(to_sql(rejects(view, CUSTOMER_READING, None))).fetchall()
        counts = validate.counts(view)
        total = counts.agg(read=counts.read_rows.sum(), kept=counts.kept_rows.sum())
        read, kept = connection.sql(to_sql(total)).fetchall()[0]
    rejected = [(reason, tuple(json.loads(row).values())) for reason, row in told]
    return every, rejected, (int(read or 0), int(kept or 0))


def test_reasons_of_customers() -> None:
    rows: list[Row] = [
        ("7", 30, 1),
        ("7", 30, 1),
        ("7", 25, 1),
        ("8", 17, 0),
        ("9", 40, 0),
        (" ", 50, 0),
        (None, 50, 0),
    ]
    _, rejected, (read, kept) = judged_customers(rows, fold=True, buyers=[7, 8])
    assert sorted(reason for reason, _ in rejected) == [
        validate.DUPLICATE_CUSTOMER,
        validate.DUPLICATE_ROW,
        "minor",
        validate.MISSING_ID,
        validate.MISSING_ID,
        validate.NO_ORDERS,
    ]
    # Of one customer's rows the first by all columns stays, and the rejects say what was read.
    assert (validate.DUPLICATE_CUSTOMER, ("7", 30, 1)) in rejected
    assert (validate.MISSING_ID, (" ", 50, 0)) in rejected
    assert (read, kept) == (7, 1)


def test_ids_of_another_type_are_made_the_orders_before_duplicates_are_told() -> None:
    rows: list[Row] = [("007", 30, 0), ("7", 31, 0), ("abc", 32, 0), ("xyz", 33, 0), (None, 3, 0)]
    every, rejected, counted = judged_customers(rows, fold=True, buyers=[7])
    assert [row for row in every if row[2] is None] == [(7, 30, None)]
    assert sorted(reason for reason, _ in rejected) == [
        validate.DUPLICATE_CUSTOMER,
        validate.MISSING_ID,
        validate.NO_ORDERS,
        validate.NO_ORDERS,
    ]
    assert ("7", 31, 0) in [row for _, row in rejected]
    assert counted == (5, 1)


@settings(deadline=None, max_examples=examples(10))
@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from([None, "", "1", "2", "3"]),
            st.sampled_from([None, 10, 20, 30]),
            st.sampled_from([0, 1]),
        ),
        max_size=12,
    ),
    fold=st.booleans(),
    alone=st.booleans(),
)
def test_every_customer_row_is_kept_or_rejected(
    rows: list[Row], *, fold: bool, alone: bool
) -> None:
    every, rejected, (read, kept) = judged_customers(
        rows, fold=fold, buyers=None if alone else [1, 2]
    )
    assert read == len(rows) == kept + len(rejected)
    ids = [row[0] for row in every if row[2] is None]
    assert len(ids) == len(set(ids)) == kept
    buyers = {"1", "2", "3"} if alone else {"1", "2"}
    first = {row[0]: min((r for r in rows if r[0] == row[0]), key=_sorting) for row in rows}
    assert {str(i) for i in ids} == {
        i for i, row in first.items() if i in buyers and not (row[1] is not None and row[1] < 18)
    }


def _sorting(row: Row) -> tuple[bool, int, int]:
    # DuckDB sorts NULL last.
    return (row[1] is None, row[1] or 0, row[2])


def test_lines_that_are_no_rows() -> None:
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE lines AS SELECT {'line': 3, 'text': 'a;\"b'} AS row"
        ).fetchall()
        lines = ibis.table({"row": "struct<line: int32, text: string>"}, name="lines")
        got = connection.sql(to_sql(unreadable(lines, "orders"))).fetchall()
    assert [(source, reason, json.loads(row)) for source, reason, row in got] == [
        ("orders", validate.UNREADABLE, {"line": 3, "text": 'a;"b'})
    ]
