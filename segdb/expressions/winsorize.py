"""Winsorize: values far out are moved to a bound (winsorized), none is dropped.

``METHODS`` is the registry: a method is one function from a feature to its two bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import ibis
import ibis.expr.types as ir

from segdb.config.feature_sections import Outliers
from segdb.expressions.impute import current
from segdb.expressions.quantiles import quantiles
from segdb.model import Parameters

Bounds = tuple[ir.Scalar, ir.Scalar]
# A normal distribution's standard deviation in units of its median absolute deviation.
_MAD_TO_SD = 1.4826022185056018


def _percentile(features: ir.Table, name: str, outliers: Outliers) -> Bounds:
    lower, upper = quantiles(features[name], (outliers.lower, outliers.upper))
    return lower, upper


def _iqr(features: ir.Table, name: str, outliers: Outliers) -> Bounds:
    """Fences at a multiple of the quartile range beyond the quartiles (Tukey 1977)."""
    first, third = quantiles(features[name], (0.25, 0.75))
    reach = _some((third - first) * (outliers.strength or 1.5))
    return first - reach, third + reach


def _zscore(features: ir.Table, name: str, outliers: Outliers) -> Bounds:
    """Fences at a multiple of the population standard deviation from the mean."""
    column = features[name]
    reach = column.std(how="pop") * (outliers.strength or 3.0)
    return column.mean() - reach, column.mean() + reach


def _mad(features: ir.Table, name: str, outliers: Outliers) -> Bounds:
    """Fences by the modified z-score (Iglewicz and Hoaglin 1993) around the median."""
    column, deviation = features[name], features[_deviation(name)].median()
    reach = _some(deviation * ((outliers.strength or 3.5) * _MAD_TO_SD))
    return column.median() - reach, column.median() + reach


def _some(reach: ir.Scalar) -> ir.Scalar:
    """Fences without width, as of a feature that most customers share, would leave no feature."""
    return reach.nullif(0)


METHODS: Mapping[str, Callable[[ir.Table, str, Outliers], Bounds]] = {
    "percentile": _percentile,
    "iqr": _iqr,
    "zscore": _zscore,
    "mad": _mad,
}


def cap_bounds(features: ir.Table, names: Sequence[str], outliers: Outliers) -> ir.Table | None:
    """Return one row with ``lower_i`` and ``upper_i`` of each column, in natural units.

    The i is the column's place in ``names``; a bound is NULL where the fences have no width.
    Returns None where the settings cap nothing.
    """
    if outliers.method == "none":
        return None
    method = METHODS[outliers.method]
    if outliers.method == "mad":
        features = _with_deviations(features, names)
    bounds: dict[str, ir.Scalar] = {}
    for place, name in enumerate(names):
        lower, upper = method(features, name, outliers)
        bounds |= {f"lower_{place}": lower, f"upper_{place}": upper}
    return features.agg(**bounds)


def _with_deviations(features: ir.Table, names: Sequence[str]) -> ir.Table:
    """Add how far each value lies from its column's median: engines have no median of that."""
    middles = features.agg(
        **{f"middle_{i}": features[name].median() for i, name in enumerate(names)}
    )
    joined = features.cross_join(middles)
    return joined.mutate(
        **{
            _deviation(name): (joined[name] - joined[f"middle_{i}"]).abs()
            for i, name in enumerate(names)
        }
    )


def _deviation(name: str) -> str:
    return f"{name} (deviation)"


def cap(features: ir.Table, parameters: Sequence[Parameters]) -> ir.Table:
    """Move each working column between its learned bounds; what is missing stays missing."""
    return features.mutate(**{p.column: _between(current(features, p), p) for p in parameters})


def _between(column: ir.Value, p: Parameters) -> ir.Value:
    """As a CASE: a third of what GREATEST of LEAST costs DuckDB, and NULL stays NULL."""
    beyond = []
    if p.lower is not None:
        beyond.append((column < p.lower, ibis.literal(p.lower)))
    if p.upper is not None:
        beyond.append((column > p.upper, ibis.literal(p.upper)))
    return ibis.cases(*beyond, else_=column) if beyond else column
