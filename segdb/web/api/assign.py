"""POST assign."""

from __future__ import annotations

from flask import Blueprint, Response

from segdb.web.assign import read_rows
from segdb.web.context import config, run
from segdb.web.json_answer import answer, body

api = Blueprint("api_assign", __name__)


@api.post("/assign")
def assign() -> Response:
    """Return the segment of one row of features, or of many; what is left out is filled."""
    given = body()
    view = run()
    rows = view.snapshot.assign(read_rows(given, view.model, config().assign_rows))
    if isinstance(given, list):
        return answer({"run_id": view.run_id, "rows": rows})
    return answer({"run_id": view.run_id, **rows[0]})
