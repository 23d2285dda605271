"""Model space: where published customers lie for the model, and how far from each segment."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from segdb.expressions.assign import distances
from segdb.expressions.pca import in_matrix
from segdb.expressions.preprocess import preprocess
from segdb.model import Model


def customer_coordinates(features: ir.Table, model: Model) -> ir.Table:
    """Return (customer_id, dimension, value): one row a customer and column of the matrix.

    Args:
        features: ``customer_id`` and the model's features, natural units.
        model: what was learned.
    """
    matrix = in_matrix(preprocess(features, model.matrix), model)
    return _long(matrix, {name: name for name in model.columns}, "dimension", "value")


def segment_distances(features: ir.Table, model: Model) -> ir.Table:
    """Return (customer_id, segment_id, distance): one row a customer and segment.

    The distance is Euclidean, scaled units, from the customer to the segment's centroid; the least
    of a customer is ``distance`` of ``segments``.
    """
    matrix = in_matrix(preprocess(features, model.matrix), model)
    squares = distances(matrix, model.columns, [s.centroid for s in model.segments])
    columns = {f"square_{place}": s.segment_id for place, s in enumerate(model.segments)}
    long = _long(squares, columns, "segment_id", "square")
    return long.select(
        "customer_id", segment_id=long.segment_id.cast("int32"), distance=long.square.sqrt()
    )


def _long(
    wide: ir.Table, columns: dict[str, str] | dict[str, int], name: str, value: str
) -> ir.Table:
    """Return a row for each of the columns, with what the column is called and its value."""
    # One list, since engines differ in what two of them beside each other are.
    places = ibis.array([ibis.literal(place) for place in range(len(columns))])
    each = wide.select("customer_id", *columns, place=places.unnest())
    return each.select(
        "customer_id",
        **{
            name: each.place.cases(*enumerate(columns.values())),
            value: each.place.cases(*enumerate(each[column] for column in columns)),
        },
    )
