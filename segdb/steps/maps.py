"""Maps: principal components of the matrix, learned from its covariances in SQL."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from segdb import contract
from segdb.cluster.components import principal
from segdb.model import Model
from segdb.stages.components import COORDINATES, covariances, project
from segdb.steps.describe import Rows
from segdb.store.duckdb import DuckDB


@dataclass(frozen=True)
class Components:
    """The axes of the maps.

    Attributes:
        means: of each column of the matrix, scaled units.
        loadings: of each component, one value a column; unit vectors.
        shares: of the variance that each component explains.
    """

    means: tuple[float, ...]
    loadings: tuple[tuple[float, ...], ...]
    shares: tuple[float, ...]


def learn_components(store: DuckDB, scaled: ir.Table, columns: list[str]) -> Components:
    """Learn the principal components of all customers from one aggregate."""
    row = store.rows(covariances(scaled, columns))[0]
    size = range(len(columns))
    matrix = [[float(row[f"cov_{min(i, j)}_{max(i, j)}"]) for j in size] for i in size]
    found = principal(matrix)
    return Components(
        means=tuple(float(row[f"mean_{i}"]) for i in size),
        loadings=tuple(tuple(float(v) for v in loading) for loading in found.loadings),
        shares=tuple(float(share) for share in found.explained_share),
    )


def customer_map(assigned: ir.Table, model: Model, components: Components) -> ir.Table:
    """Return the query of ``customer_map``."""
    columns = [p.column for p in model.matrix]
    first = components.loadings[: len(COORDINATES)]
    placed = project(assigned, columns, components.means, first)
    ids = [(place, segment.segment_id) for place, segment in enumerate(model.segments)]
    segment_id = ibis.cases(*((placed.nearest == place, number) for place, number in ids))
    return placed.select("customer_id", *COORDINATES, segment_id=segment_id.cast("int32")).select(
        "customer_id", "segment_id", *COORDINATES
    )


def map_rows(model: Model, components: Components) -> dict[contract.Table, Rows]:
    """Return the rows of ``principal_components`` and ``segment_map``."""
    loadings: Rows = [
        {
            "component": number,
            "explained_share": share,
            "feature": p.feature,
            "loading": loading,
        }
        for number, (share, vector) in enumerate(
            zip(components.shares, components.loadings, strict=True), start=1
        )
        for p, loading in zip(model.matrix, vector, strict=True)
    ]
    points: Rows = []
    for segment in model.segments:
        centered = [v - m for v, m in zip(segment.centroid, components.means, strict=True)]
        point = [
            sum(value * weight for value, weight in zip(centered, vector, strict=True))
            for vector in components.loadings[: len(COORDINATES)]
        ]
        point += [0.0] * (len(COORDINATES) - len(point))
        named = {"segment_id": segment.segment_id, "segment": segment.name}
        points.append({**named, **dict(zip(COORDINATES, point, strict=True))})
    return {contract.PRINCIPAL_COMPONENTS: loadings, contract.SEGMENT_MAP: points}
