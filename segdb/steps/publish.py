"""Publish: what goes into each table of the contract."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

import ibis
import ibis.expr.types as ir

from segdb import contract
from segdb.features.rfm import scored
from segdb.model import Model
from segdb.stages.assign import labelled
from segdb.steps.describe import Rows, centroid_rows, feature_sentences, parameter_rows
from segdb.steps.intake import Intake
from segdb.store.publish import Content

_LIBRARIES = ("segdb", "duckdb", "ibis-framework", "sqlglot", "numpy", "scikit-learn", "pyarrow")


def contents(
    schema: str,
    intake: Intake,
    model: Model,
    assigned: ir.Table,
    run: Mapping[str, Any],
    small: Mapping[contract.Table, Rows],
) -> tuple[Content, ...]:
    """Return what goes into each published table.

    Args:
        schema: where the tables are.
        intake: the features and the rejects.
        model: the model.
        assigned: every customer with ``nearest``, ``distance`` and ``margin``.
        run: the row of ``runs``.
        small: the rows of the tables that were made in Python.
    """
    run_id = ibis.literal(int(run["run_id"]), "int64")
    names = model.catalogue.names
    sentences = feature_sentences(model.catalogue)
    features = scored(intake.features, model.score_edges)
    scores = [column.name for column in contract.CUSTOMER_FEATURES.columns[1:]]
    queries = {
        contract.SEGMENTS: labelled(assigned, model).mutate(run_id=run_id),
        contract.CUSTOMER_FEATURES: features.select("customer_id", *names, *scores),
        contract.REJECTED_ROWS: intake.rejected.select(
            run_id=run_id,
            source=intake.rejected.source,
            reason=intake.rejected.reason,
            row=intake.rejected.row.cast("json"),
        ),
    }
    rows: dict[contract.Table, Rows] = {
        **small,
        contract.SEGMENT_CENTROIDS: centroid_rows(model),
        contract.FEATURE_PARAMETERS: parameter_rows(model),
        contract.RUNS: [dict(run)],
    }
    tables: dict[contract.Table, ir.Table | Sequence[Mapping[str, Any]]] = {**queries, **rows}
    tables[contract.CUSTOMER_SEGMENTS] = _customer_segments(schema, intake, names)
    return tuple(
        Content(table, tables[table], sentences if table.features else {})
        for table in contract.TABLES
    )


def versions() -> str:
    """Return the versions of segdb and of what it runs on, as JSON text."""
    found = {name: version(name) for name in _LIBRARIES}
    return json.dumps({"python": platform.python_version(), **found})


def _customer_segments(schema: str, intake: Intake, names: Sequence[str]) -> ir.Table:
    key = {"customer_id": intake.features.schema()["customer_id"]}

    def published(table: contract.Table, extra: Mapping[str, str] | None = None) -> ir.Table:
        types = {c.name: c.type for c in table.columns}
        columns = {
            name: key["customer_id"] if kind == contract.ID else _IBIS[kind]
            for name, kind in types.items()
        }
        return ibis.table({**columns, **(extra or {})}, name=table.name, database=schema)

    segments = published(contract.SEGMENTS)
    features = published(contract.CUSTOMER_FEATURES, dict.fromkeys(names, "float64"))
    profiles = published(contract.SEGMENT_PROFILES).rename(
        segment_customers="customers", segment_revenue="revenue", profile_id="segment_id"
    )
    together = segments.join(features, "customer_id").join(
        profiles, segments.segment_id == profiles.profile_id
    )
    own = [column.name for column in contract.CUSTOMER_SEGMENTS.columns]
    return together.select("customer_id", *own[1:5], *names, *own[5:])


_IBIS: Mapping[str, str] = {
    "INTEGER": "int32",
    "BIGINT": "int64",
    "DOUBLE": "float64",
    "VARCHAR": "string",
    "BOOLEAN": "boolean",
    "TIMESTAMP": "timestamp(6)",
    "JSON": "json",
}
