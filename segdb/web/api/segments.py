"""GET segments and segments/{id}."""

from __future__ import annotations

from flask import Blueprint, Response

from segdb.web.context import run
from segdb.web.json_answer import answer

api = Blueprint("api_segments", __name__)


@api.get("/segments")
def segments() -> Response:
    """Return every segment, in order of value."""
    view = run()
    rows = [dict(segment.row) for segment in view.segments]
    return answer({"run_id": view.run_id, "segments": rows})


@api.get("/segments/<int:segment_id>")
def segment(segment_id: int) -> Response:
    """Return one segment, with its features and what its customers of earlier days did."""
    view = run()
    row = dict(view.segment(segment_id).row)
    values = {"segment": segment_id}
    row["features"] = view.rows(
        "SELECT * EXCLUDE (segment_id) FROM segdb.segment_features WHERE segment_id = $segment",
        values,
    )
    if view.published.has(["segment_outcomes"]):
        row["outcomes"] = view.rows(
            "SELECT * EXCLUDE (segment_id) FROM segdb.segment_outcomes WHERE segment_id = $segment "
            "ORDER BY cut DESC",
            values,
        )
    return answer({"run_id": view.run_id, **row})
