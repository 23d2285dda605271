"""The table macro ``assign``: one row of features in, the segment out, by SQL alone."""

from __future__ import annotations

from collections.abc import Sequence

import ibis

from segdb import contract
from segdb.expressions.ctes import with_ctes
from segdb.expressions.scoring_chain import Chain, applied
from segdb.model import Model
from segdb.sql import to_sql
from segdb.sql_text import quoted


def assign_macro(schema: str, model: Model) -> str:
    """Return the statement that makes the macro in DuckDB.

    Its parameters are the features of the matrix, in natural units and by name; one that is left
    out or NULL is filled as the model fills it. It gives one row: ``segment_id``, ``segment``,
    ``distance`` and ``margin``, as in ``segments``.
    """
    names = [p.feature for p in model.matrix]
    values = ", ".join(f"CAST({quoted(name)} AS DOUBLE) AS {quoted(name)}" for name in names)
    columns = [column.name for column in contract.ASSIGN.columns]
    sql = _selected(model, f"SELECT 1 AS customer_id, {values}", columns)
    parameters = ", ".join(f"{quoted(name)} := NULL" for name in names)
    place = f"{quoted(schema)}.{quoted(contract.ASSIGN.name)}"
    return f"CREATE OR REPLACE MACRO {place}({parameters}) AS TABLE\n{sql}"


def assign_rows(model: Model) -> str:
    """Return a SELECT that assigns many rows of features at once, as the macro assigns one.

    Its parameters are lists: ``$row`` of the rows' numbers, and ``$f0``, ``$f1`` … of the features
    of the matrix, by position. It gives ``customer_id``, which is the row's number, and what the
    macro gives.
    """
    places = enumerate(p.feature for p in model.matrix)
    lists = ", ".join(
        f"unnest(CAST($f{place} AS DOUBLE[])) AS {quoted(name)}" for place, name in places
    )
    columns = ["customer_id", *(column.name for column in contract.ASSIGN.columns)]
    rows = f"SELECT unnest(CAST($row AS BIGINT[])) AS customer_id, {lists}"
    return _selected(model, rows, columns)


def _selected(model: Model, features: str, columns: Sequence[str]) -> str:
    """Return the way from rows of features (SQL) to these columns of their segments."""
    made = Chain()
    names = [p.feature for p in model.matrix]
    given = {"customer_id": "int64", **dict.fromkeys(names, "float64")}
    applied(made, ibis.table(given, name="features"), model)
    made.stages["segments"] = made.stages["segments"].select(*columns)
    parts = {"features": features}
    parts |= {name: to_sql(stage) for name, stage in made.stages.items()}
    return with_ctes(parts)
