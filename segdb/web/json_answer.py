"""JSON: what requests hold, and rows of tables as answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import Response, request

from segdb.report.published import plain
from segdb.web.problems import ProblemError


def answer(value: object) -> Response:
    """Answer with JSON."""
    text = json.dumps(as_json(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Response(text, mimetype="application/json")


def body() -> Any:
    """Return what a request sent as JSON.

    Raises:
        ProblemError: it is not JSON, or is not said to be.
    """
    if request.mimetype != "application/json":
        raise ProblemError(415, "Send JSON, with the header Content-Type: application/json.")
    try:
        return json.loads(request.get_data(cache=False).decode("utf-8"))
    except (ValueError, RecursionError):
        raise ProblemError(400, "The body of the request is no JSON in UTF-8.") from None


def as_json(value: Any) -> Any:
    """Return a value of a table as JSON has it: moments as texts, null where nothing is finite."""
    if isinstance(value, Mapping):
        return {str(name): as_json(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(part) for part in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float | Decimal):
        return plain(value)
    if value is None or isinstance(value, str | int | bool):
        return value
    return value.hex() if isinstance(value, bytes) else str(value)
