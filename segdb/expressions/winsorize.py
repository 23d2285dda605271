"""Winsorize: values far out are moved to a bound (winsorized), none is dropped.

``METHODS`` is the registry: a method is one function from a column to its two bounds.
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


def _percentile(column: ir.Column, outliers: Outliers) -> Bounds:
    lower, upper = quantiles(column, (outliers.lower, outliers.upper))
    return lower, upper


def _iqr(column: ir.Column, outliers: Outliers) -> Bounds:
    """Fences at a multiple of the quartile range beyond the quartiles (Tukey 1977)."""
    first, third = quantiles(column, (0.25, 0.75))
    reach = _some((third - first) * (outliers.strength or 1.5))
    return first - reach, third + reach


def _zscore(column: ir.Column, outliers: Outliers) -> Bounds:
    """Fences at a multiple of the population standard deviation from the mean."""
    reach = column.std(how="pop") * (outliers.strength or 3.0)
    return column.mean() - reach, column.mean() + reach


def _mad(column: ir.Column, outliers: Outliers) -> Bounds:
    """Fences by the modified z-score (Iglewicz and Hoaglin 1993) around the median."""
    deviation = _median_absolute_deviation(column)
    reach = _some(deviation * ((outliers.strength or 3.5) * _MAD_TO_SD))
    return column.median() - reach, column.median() + reach


def _some(reach: ir.Scalar) -> ir.Scalar:
    """Fences without width, as of a feature that most customers share, would leave no feature."""
    return reach.nullif(0)


METHODS: Mapping[str, Callable[[ir.Column, Outliers], Bounds]] = {
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
    bounds: dict[str, ir.Scalar] = {}
    for place, name in enumerate(names):
        lower, upper = method(features[name], outliers)
        bounds |= {f"lower_{place}": lower, f"upper_{place}": upper}
    return features.agg(**bounds)


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


@ibis.udf.agg.builtin(name="mad", signature=((None,), "float64"))
def _median_absolute_deviation(_column): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
