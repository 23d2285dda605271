"""POST lists/preview and GET lists.csv."""

from __future__ import annotations

from flask import Blueprint, Response, request

from segdb.web.context import config, run
from segdb.web.downloads import csv_response
from segdb.web.filters import as_pairs
from segdb.web.json_answer import answer, body
from segdb.web.lists import filter_of, rows_of, totals

api = Blueprint("api_lists", __name__)
_SAMPLE = 10


@api.post("/lists/preview")
def preview() -> Response:
    """Return how many customers a filter finds, what they bring, a few of them, and the SQL."""
    given = as_pairs(body())
    view = run()
    chosen = filter_of(view, given)
    sample = view.snapshot.select(chosen.rows_sql, None, _SAMPLE).to_pylist()
    found = totals(view, chosen)
    return answer({"run_id": view.run_id, **found, "sample": sample, "sql": chosen.rows_sql})


@api.get("/lists.csv")
def as_csv() -> Response:
    """Return the customers that a filter finds, as CSV."""
    view = run()
    chosen = filter_of(view, request.args.items(multi=True))
    return csv_response(rows_of(view, chosen, config().list_rows), "customers")
