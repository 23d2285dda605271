"""GET openapi.json."""

from __future__ import annotations

from flask import Blueprint, Response

from segdb.web.json_answer import answer
from segdb.web.openapi import document as openapi

api = Blueprint("api_document", __name__)


@api.get("/openapi.json")
def document() -> Response:
    """Return this API as an OpenAPI 3.1 document."""
    return answer(openapi())
