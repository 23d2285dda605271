"""Tables: what goes into each table of the contract."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

import ibis
import ibis.expr.types as ir

from segdb import contract
from segdb.contract.types import ibis_type
from segdb.engines.protocol import Database
from segdb.engines.publishing.history import departures, entries
from segdb.engines.publishing.publish import Content
from segdb.exports.macro import assign_macro
from segdb.expressions.assign import labelled
from segdb.expressions.customer_segments import customer_segments
from segdb.expressions.model_space import customer_coordinates, segment_distances
from segdb.expressions.profile import rfm_by_segment, typical
from segdb.features.rfm import scored
from segdb.model import Model
from segdb.steps.describe.map_points import customer_map
from segdb.steps.describe.profiles import (
    Rows,
    centroid_rows,
    feature_sentences,
    parameter_rows,
    score_sentences,
)
from segdb.steps.features.build_features import BuiltFeatures
from segdb.steps.preprocess.pca import Pca
from segdb.steps.publish.live_view import live_select, live_value_select

Queries = Mapping[contract.Table, ir.Table | str | None]

# Customers kept in typical_customers of each segment.
TYPICAL = 10
_LIBRARIES = ("segdb", "duckdb", "ibis-framework", "sqlglot", "numpy", "scikit-learn", "pyarrow")


def queries(
    store: Database,
    built: BuiltFeatures,
    model: Model,
    assigned: ir.Table,
    pca: Pca,
    run_id: int,
) -> Queries:
    """Return the query of each table that is written without passing through Python.

    Args:
        store: the database, whose SQL the live view is written in.
        built: the sources, the features, the rejects, and how they came about.
        model: the model.
        assigned: every customer with ``nearest``, ``distance`` and ``margin``.
        pca: of the maps.
        run_id: the run.
    """
    run = ibis.literal(run_id, "int64")
    features = scored(built.features, model.score_edges, model.rfm)
    scores = [column.name for column in contract.CUSTOMER_FEATURES.columns[1:]]
    rejected = built.rejected
    return {
        contract.SEGMENTS: labelled(assigned, model).mutate(run_id=run),
        contract.SEGMENTS_LIVE: live_select(store, built.sources, built.recipe, model, run_id),
        contract.CUSTOMER_FEATURES: features.select("customer_id", *model.catalogue.names, *scores),
        contract.REJECTED_ROWS: rejected.select(
            run_id=run,
            source=rejected.source,
            reason=rejected.reason,
            row=rejected.row.cast("json"),
        ),
        contract.CUSTOMER_MAP: customer_map(assigned, model, pca),
        contract.TYPICAL_CUSTOMERS: typical(labelled(assigned, model), TYPICAL),
        contract.RFM_BY_SEGMENT: rfm_by_segment(assigned, model.score_edges, model),
    }


def value_queries(
    store: Database,
    schema: str,
    built: BuiltFeatures,
    model: Model,
    value: ir.Table,
    run_id: int,
) -> Queries:
    """Return the queries of the tables of customer value.

    Args:
        store: the database, whose SQL the live view is written in.
        schema: where the tables go.
        built: the sources, and how they are read.
        model: the model.
        value: the columns of ``customer_value`` but for the run.
        run_id: the run.
    """
    live = live_value_select(store, schema, built.sources, built.recipe, model, run_id)
    run = ibis.literal(run_id, "int64")
    return {
        contract.CUSTOMER_VALUE: value.select(*value.columns, run_id=run),
        contract.CUSTOMER_VALUE_LIVE: live,
    }


def contents(
    store: Database,
    schema: str,
    model: Model,
    large: Queries,
    small: Mapping[contract.Table, Rows],
    run: Mapping[str, Any],
) -> tuple[Content, ...]:
    """Return what goes into each published table, in the order of the contract.

    Args:
        store: the database.
        schema: where the tables are.
        model: the model.
        large: the queries of the tables that stay in the database.
        small: the rows of the tables that were made in Python.
        run: the row of ``runs``.
    """
    sentences = {**feature_sentences(model.catalogue), **score_sentences(model)}
    segments = large[contract.SEGMENTS]
    assert isinstance(segments, ir.Table)  # noqa: S101 - it is made above
    key = segments.schema()["customer_id"]
    tables: dict[contract.Table, ir.Table | str | Sequence[Mapping[str, Any]] | None] = {
        **large,
        **small,
        contract.SEGMENT_CENTROIDS: centroid_rows(model),
        contract.FEATURE_PARAMETERS: parameter_rows(model),
        contract.RUNS: [dict(run)],
        contract.CUSTOMER_SEGMENTS: _customer_segments(schema, key, model.catalogue.names),
        **_of_published_features(schema, key, model),
        contract.ENTERED_SEGMENT: entries(schema),
        contract.LEFT_SEGMENT: departures(schema),
    }
    published = (
        Content(table, tables[table], sentences if table.features else {})
        for table in contract.TABLES
        if table in tables
    )
    macros = [Content(contract.ASSIGN, assign_macro(schema, model), {})] if store.macros else []
    return (*published, *macros)


def versions() -> str:
    """Return the versions of segdb and of what it runs on, as JSON text."""
    releases = {name: version(name) for name in _LIBRARIES}
    return json.dumps({"python": platform.python_version(), **releases})


def _of_published_features(schema: str, key: Any, model: Model) -> dict[contract.Table, ir.Table]:
    """Return the views over ``customer_features`` that apply the model."""
    names = model.catalogue.names
    features = ibis.table(
        {"customer_id": key, **dict.fromkeys(names, "float64")},
        name=contract.CUSTOMER_FEATURES.name,
        database=schema,
    )
    return {
        contract.CUSTOMER_COORDINATES: customer_coordinates(features, model),
        contract.SEGMENT_DISTANCES: segment_distances(features, model),
    }


def _customer_segments(schema: str, key: Any, names: Sequence[str]) -> ir.Table:
    """Return the view over the published tables."""

    def published(table: contract.Table, features: Sequence[str] = ()) -> ir.Table:
        columns = {column.name: ibis_type(column, key) for column in table.columns}
        return ibis.table(
            {**columns, **dict.fromkeys(features, "float64")}, name=table.name, database=schema
        )

    return customer_segments(
        published(contract.SEGMENTS),
        published(contract.CUSTOMER_FEATURES, names),
        published(contract.SEGMENT_PROFILES),
        names,
    )
