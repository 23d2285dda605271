"""Published tables of two engines, compared row by row."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from typing import Any

import segdb
from segdb import contract

# What says when and by which release a run was made, and where its sources are.
LEFT_OUT = {"started_at", "finished_at", "signature", "settings", "versions"}
# The numbers of two engines may differ in the last digits of their sums.
TOLERANCE = 1e-9


def differences(one: segdb.Result, other: segdb.Result) -> list[str]:
    """Return one line for each published table that is not the same."""
    lines = []
    for table in contract.TABLES:
        sides = [_rows(result, table.name) for result in (one, other)]
        if len(sides[0]) != len(sides[1]):
            lines.append(f"{table.name}: {len(sides[0])} rows against {len(sides[1])}")
            continue
        unlike = [pair for pair in zip(*sides, strict=True) if not equal(*pair)]
        if unlike:
            lines.append(f"{table.name}: {len(unlike)} rows, such as {unlike[0]}")
    return lines


def equal(one: Any, other: Any) -> bool:
    """Whether two values are the same but for the last digits of numbers."""
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(equal(one[k], other[k]) for k in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(equal, one, other))
    return bool(one == other)


def _rows(result: segdb.Result, name: str) -> list[dict[str, Any]]:
    rows = [
        {column: _plain(value) for column, value in row.items() if column not in LEFT_OUT}
        for row in result.table(name).to_pylist()
    ]
    return sorted(rows, key=_order)


def _order(row: dict[str, Any]) -> str:
    """By all columns, numbers by the digits that two engines share."""
    return json.dumps(_rounded(row), default=str, sort_keys=True)


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return f"{value:.9g}"
    if isinstance(value, dict):
        return {name: _rounded(each) for name, each in value.items()}
    return [_rounded(each) for each in value] if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    """JSON text as what it says: engines write it with other blanks."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, str) and value[:1] in "[{":
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
