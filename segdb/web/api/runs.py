"""GET runs."""

from __future__ import annotations

from flask import Blueprint, Response

from segdb.web.context import run
from segdb.web.json_answer import answer

api = Blueprint("api_runs", __name__)


@api.get("/runs")
def runs() -> Response:
    """Return the runs that were published, the last one last."""
    view = run()
    return answer({"run_id": view.run_id, "runs": view.result.runs().to_pylist()})
