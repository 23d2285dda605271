"""Map points: where customers and segments lie on the principal components."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from segdb import contract
from segdb.expressions.pca import COORDINATES, place
from segdb.model import Model
from segdb.steps.describe.profiles import Rows
from segdb.steps.preprocess.pca import Pca


def customer_map(assigned: ir.Table, model: Model, pca: Pca) -> ir.Table:
    """Return the query of ``customer_map``."""
    placed = place(assigned, [p.column for p in model.matrix], pca.components)
    ids = [(number, segment.segment_id) for number, segment in enumerate(model.segments)]
    segment_id = ibis.cases(*((placed.nearest == number, identifier) for number, identifier in ids))
    return placed.select("customer_id", *COORDINATES, segment_id=segment_id.cast("int32")).select(
        "customer_id", "segment_id", *COORDINATES
    )


def map_rows(model: Model, pca: Pca) -> dict[contract.Table, Rows]:
    """Return the rows of ``principal_components``, ``segment_components`` and ``segment_map``."""
    used = 0 if model.components is None else len(model.components.loadings)
    along = zip(pca.variances, pca.shares, pca.components.loadings, strict=True)
    loadings: Rows = [
        {
            "component": number,
            "explained_variance": variance,
            "explained_share": share,
            "used": number <= used,
            "feature": p.feature,
            "mean": mean,
            "loading": loading,
        }
        for number, (variance, share, weights) in enumerate(along, start=1)
        for p, mean, loading in zip(model.matrix, pca.components.means, weights, strict=True)
    ]
    coordinates: Rows = []
    points: Rows = []
    for segment in model.segments:
        point = pca.components.coordinates(model.scaled(segment.centroid))
        coordinates += [
            {"segment_id": segment.segment_id, "component": number, "coordinate": value}
            for number, value in enumerate(point, start=1)
        ]
        shown = dict.fromkeys(COORDINATES, 0.0) | dict(zip(COORDINATES, point, strict=False))
        points.append({"segment_id": segment.segment_id, "segment": segment.name, **shown})
    return {
        contract.PRINCIPAL_COMPONENTS: loadings,
        contract.SEGMENT_COMPONENTS: coordinates,
        contract.SEGMENT_MAP: points,
    }
