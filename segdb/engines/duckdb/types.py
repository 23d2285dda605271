"""Types: DuckDB's names of types as Ibis' types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segdb.lazy import lazy

if TYPE_CHECKING:
    import ibis.backends.sql.datatypes as sql_types
    import ibis.expr.datatypes as dt
else:
    sql_types, dt = lazy("ibis.backends.sql.datatypes"), lazy("ibis.expr.datatypes")


def ibis_type(name: str) -> Any:
    """Return the Ibis type of DuckDB's name for it, ``unknown`` for one that Ibis lacks."""
    try:
        return sql_types.DuckDBType.from_string(name)
    except Exception:  # noqa: BLE001 - sqlglot and Ibis raise many kinds for a type they lack
        return dt.unknown
