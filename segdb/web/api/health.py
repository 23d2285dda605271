"""GET healthz."""

from __future__ import annotations

from flask import Blueprint, Response

from segdb.errors import NotPublishedError
from segdb.web.context import run
from segdb.web.json_answer import answer

api = Blueprint("health", __name__)


@api.get("/healthz")
def healthz() -> Response:
    """Say that the server answers, and from which run; null where none is published yet."""
    try:
        return answer({"status": "ok", "run_id": run().run_id})
    except NotPublishedError:
        return answer({"status": "ok", "run_id": None})
