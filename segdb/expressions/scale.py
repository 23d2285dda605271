"""Scale: features made comparable, and how they vary together.

``METHODS`` is the registry: a method is one function from a column to its center and spread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations_with_replacement

import ibis
import ibis.expr.types as ir

from segdb.expressions.quantiles import quantiles
from segdb.model import Parameters

Measures = tuple[ir.Scalar, ir.Scalar]


def _robust(first: ir.Scalar, median: ir.Scalar, third: ir.Scalar) -> Measures:
    return median, third - first


METHODS: Mapping[str, Callable[[ir.Column], Measures]] = {
    # As scikit-learn's StandardScaler: the population standard deviation.
    "standard": lambda column: (column.mean(), column.std(how="pop")),
    # As scikit-learn's RobustScaler.
    "robust": lambda column: _robust(*quantiles(column, (0.25, 0.5, 0.75))),
    "minmax": lambda column: (column.min(), column.max() - column.min()),
    "none": lambda _: (ibis.literal(0.0), ibis.literal(1.0)),
}


def measures(
    features: ir.Table, names: Sequence[str], method: str, *, together: bool = True
) -> ir.Table:
    """Return one row with what scaling, the choice of features and their components need.

    Its columns, with i <= j the places in ``names``: ``center_i``, ``spread_i``, ``least_i``,
    ``most_i`` and ``mean_i`` in the units of the columns, and where they are asked for
    ``together``, ``cov_i_j``, the population covariance.
    """
    columns: dict[str, ir.Scalar] = {}
    for i, name in enumerate(names):
        center, spread = METHODS[method](features[name])
        least, most = features[name].min(), features[name].max()
        columns |= {f"center_{i}": center, f"spread_{i}": spread}
        columns |= {f"least_{i}": least, f"most_{i}": most, f"mean_{i}": features[name].mean()}
    for i, j in combinations_with_replacement(range(len(names) if together else 0), 2):
        columns[f"cov_{i}_{j}"] = features[names[i]].cov(features[names[j]], how="pop")
    return features.agg(**columns)


def scale(features: ir.Table, matrix: Sequence[Parameters]) -> ir.Table:
    """Bring the transformed columns of the matrix to scaled units."""
    return features.mutate(**{p.column: (features[p.column] - p.center) / p.spread for p in matrix})
