"""The table macro ``assign``: one row of features in, the segment out, by SQL alone."""

from __future__ import annotations

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
    made = Chain()
    given = {"customer_id": "int64", **dict.fromkeys(names, "float64")}
    applied(made, ibis.table(given, name="features"), model)
    columns = [column.name for column in contract.ASSIGN.columns]
    made.stages["segments"] = made.stages["segments"].select(*columns)
    values = ", ".join(f"CAST({quoted(name)} AS DOUBLE) AS {quoted(name)}" for name in names)
    parts = {"features": f"SELECT 1 AS customer_id, {values}"}
    parts |= {name: to_sql(stage) for name, stage in made.stages.items()}
    parameters = ", ".join(f"{quoted(name)} := NULL" for name in names)
    place = f"{quoted(schema)}.{quoted(contract.ASSIGN.name)}"
    return f"CREATE OR REPLACE MACRO {place}({parameters}) AS TABLE\n{with_ctes(parts)}"
