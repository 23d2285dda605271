"""Stored JSON: texts of ``runs`` that something else may have changed since segdb wrote them."""

from __future__ import annotations

import json
from typing import Any

from segdb.errors import SourceError, command


def mapping(text: str | None, column: str) -> dict[str, Any]:
    """Return an object that ``runs`` stores; an empty one of a run of before it did.

    Args:
        text: the JSON text.
        column: of ``runs``, for the message.

    Raises:
        SourceError: it is no JSON object.
    """
    value = _read(text, column) if text is not None else {}
    if not isinstance(value, dict):
        raise _damaged(column)
    return value


def mappings(text: str | None, column: str) -> list[dict[str, Any]]:
    """Return a list of objects that ``runs`` stores; an empty one of a run of before it did.

    Raises:
        SourceError: it is no JSON array of objects.
    """
    value = _read(text, column) if text is not None else []
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise _damaged(column)
    return value


def _read(text: str, column: str) -> Any:
    try:
        return json.loads(text)
    except (TypeError, ValueError, RecursionError):
        raise _damaged(column) from None


def _damaged(column: str) -> SourceError:
    return SourceError(
        f"What runs.{column} stores is damaged: the database was changed by something else. "
        f"{command('run')} publishes anew."
    )
