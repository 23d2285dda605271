"""Ask: the named queries as forms, and a console for SQL that reads."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa
from flask import Blueprint, Response, abort, request

from segdb import contract, named_queries
from segdb.errors import UserError
from segdb.named_queries import Query
from segdb.web.context import config, run
from segdb.web.downloads import csv_response
from segdb.web.page import page
from segdb.web.run_view import RunView

pages = Blueprint("ask", __name__)
_EXAMPLE = """SELECT segment, count(*) AS customers, round(avg(margin), 3) AS margin
FROM segments
GROUP BY segment
ORDER BY customers DESC"""
_LONGEST = 20_000
_CELL = 300


@dataclass(frozen=True)
class Answer:
    """Rows as a page shows them.

    Attributes:
        names: of the columns.
        numeric: whether each is of numbers.
        cells: the rows, as texts.
        more: whether there are more rows.
        seconds: what it took.
        notes: what is to be said of the values that were given.
    """

    names: list[str]
    numeric: list[bool]
    cells: list[list[str]]
    more: bool
    seconds: float
    notes: tuple[str, ...] = ()


@pages.get("/ask")
def ask() -> str:
    """Show the named queries, and the console."""
    return _page(sql=_EXAMPLE)


@pages.post("/ask")
def console() -> str | tuple[str, int]:
    """Run one SELECT that someone typed."""
    sql = request.form.get("sql", "")
    view = run()
    if not sql.strip() or len(sql) > _LONGEST:
        return _page(sql=sql[:_LONGEST], problem="Write one SELECT, of 20,000 characters at most.")
    try:
        answer = _timed(lambda rows: view.snapshot.select(sql, None, rows))
    except UserError as error:
        return _page(sql=sql, problem=str(error)), 400
    return _page(sql=sql, answer=answer)


@pages.get("/ask/<name>")
def named(name: str) -> str | tuple[str, int]:
    """Show a named query with its form, and its answer where nothing is lacking."""
    query = _query(name)
    given = {n: v for n, v in request.args.items() if n in query.parameters and v.strip()}
    lacking = [n for n, p in query.parameters.items() if p.default is None and n not in given]
    if lacking:
        return _named_page(query, given)
    view = run()
    try:
        return _named_page(query, given, answer=_answered(view, query, given))
    except UserError as error:
        return _named_page(query, given, problem=str(error)), 400


@pages.get("/ask/<name>.csv")
def named_csv(name: str) -> Response:
    """Return the answer of a named query as CSV."""
    query = _query(name)
    view = run()
    given = {n: v for n, v in request.args.items() if v.strip()}
    values = query.values(given)
    rows = view.snapshot.select(query.on(view.schema), values, config().list_rows)
    return csv_response(rows, query.name)


def _query(name: str) -> Query:
    queries = named_queries.all_queries()
    if name not in queries:
        abort(404)
    return queries[name]


def _answered(view: RunView, query: Query, given: dict[str, str]) -> Answer:
    values = query.values(given)
    notes = query.check(values, view.snapshot.select)
    sql = query.on(view.schema)
    return _timed(lambda rows: view.snapshot.select(sql, values, rows), tuple(notes))


def _timed(asked: Callable[[int], pa.Table], notes: tuple[str, ...] = ()) -> Answer:
    most = config().shown_rows
    began = time.perf_counter()
    table = asked(most + 1)
    seconds = time.perf_counter() - began
    names = table.column_names
    return Answer(
        names=names,
        numeric=[_is_number(field.type) for field in table.schema],
        cells=_cells(table.slice(0, most)),
        more=table.num_rows > most,
        seconds=seconds,
        notes=notes,
    )


def _cells(table: pa.Table) -> list[list[str]]:
    columns = [[_text(value.as_py()) for value in column] for column in table.columns]
    return [list(row) for row in zip(*columns, strict=True)]


def _text(value: object) -> str:
    if value is None:
        return ""
    text = f"{value:.6g}" if isinstance(value, float) and abs(value) < 1e6 else str(value)
    return text if len(text) <= _CELL else f"{text[:_CELL]}…"


def _is_number(kind: pa.DataType) -> bool:
    kinds = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal)
    return any(is_kind(kind) for is_kind in kinds)


def _page(sql: str, answer: Answer | None = None, problem: str = "") -> str:
    view = run()
    return page(
        "ask.html",
        "Ask",
        queries=list(named_queries.all_queries().values()),
        tables=[table for table in contract.TABLES if table.name in view.published.tables],
        features=view.features,
        sql=sql,
        answer=answer,
        problem=problem,
    )


def _named_page(
    query: Query, given: dict[str, str], answer: Answer | None = None, problem: str = ""
) -> str:
    view = run()
    return page(
        "query.html",
        query.question,
        query=query,
        given=given,
        sql=query.on(view.schema),
        answer=answer,
        problem=problem,
        segments=view.segments,
    )
