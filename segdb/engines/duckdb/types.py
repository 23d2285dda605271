"""Types: DuckDB's names of types as Ibis' types."""

from __future__ import annotations

from typing import Any

from ibis.backends.sql.datatypes import DuckDBType
from ibis.expr import datatypes


def ibis_type(name: str) -> Any:
    """Return the Ibis type of DuckDB's name for it, ``unknown`` for one that Ibis lacks."""
    try:
        return DuckDBType.from_string(name)
    except Exception:  # noqa: BLE001 - sqlglot and Ibis raise many kinds for a type they lack
        return datatypes.unknown
