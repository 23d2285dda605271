"""Transform: log1p for features with a long tail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis.expr.types as ir

from segdb.errors import SettingsError, nearest
from segdb.model import Parameters, Transform

# The usual limit between a moderate and a strong skew (Bulmer 1979).
SKEWED = 1.0


def shape(features: ir.Table, names: Sequence[str]) -> ir.Table:
    """Return one row with ``skewness_i`` (population) and ``minimum_i`` of each capped column.

    Skewness is m3 / m2 ** 1.5 by central moments; NULL for a constant.
    """
    means = features.agg(**{f"mean_{i}": features[n].mean() for i, n in enumerate(names)})
    centered = features.cross_join(means)
    measures = {}
    for i, name in enumerate(names):
        distance = centered[name] - centered[f"mean_{i}"]
        spread = (distance * distance).mean()
        measures[f"skewness_{i}"] = (distance * distance * distance).mean() / (
            spread.sqrt() * spread
        ).nullif(0)
        measures[f"minimum_{i}"] = centered[name].min()
    return centered.agg(**measures)


def choose(
    names: Sequence[str],
    wish: str | Mapping[str, str],
    skewness: Sequence[float | None],
    minimum: Sequence[float | None],
) -> tuple[Transform, ...]:
    """Return the transform of each feature.

    Args:
        names: the features.
        wish: ``auto``, ``none``, or a transform by feature, the others staying as they are.
        skewness: of each capped feature.
        minimum: of each capped feature, in natural units.

    Raises:
        SettingsError: a feature named in ``wish`` does not exist, or log1p was asked for one
            that goes to -1 or below.
    """
    if isinstance(wish, str):
        auto = wish == "auto"
        return tuple(
            "log1p" if auto and abs(skew or 0) > SKEWED and (least or 0) >= 0 else "none"
            for skew, least in zip(skewness, minimum, strict=True)
        )
    for name, transform in wish.items():
        if name not in names:
            raise SettingsError(
                f"[features] transform: there is no feature '{name}'.{nearest(name, names)}"
            )
        least = minimum[list(names).index(name)]
        if transform == "log1p" and least is not None and least <= -1:
            raise SettingsError(
                f"[features] transform: log1p is not defined for '{name}', which goes down to "
                f'{least:g}. Set it to "none".'
            )
    return tuple("log1p" if wish.get(name) == "log1p" else "none" for name in names)


def transform(features: ir.Table, parameters: Sequence[Parameters]) -> ir.Table:
    """Apply each capped column's transform."""
    logged = [p.column for p in parameters if p.transform == "log1p"]
    return features.mutate(**{name: (features[name] + 1.0).ln() for name in logged})
