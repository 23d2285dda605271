"""Transform: what takes the long tail off a feature.

``TRANSFORMS`` is the registry: of each transform where it is defined, how it is written in SQL,
and the same and its inverse for single numbers.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import ibis
import ibis.expr.types as ir

from segdb.errors import SettingsError, nearest
from segdb.formats.toml import toml_key
from segdb.model import Parameters, Transform

# The usual limit between a moderate and a strong skew (Bulmer 1979).
SKEWED = 1.0
# In the settings it stands for every feature that is not named.
REST = "*"
# Powers nearer than this to 0 or 2 are those: their formulas divide by the difference.
_NEAR = 1e-9


@dataclass(frozen=True)
class Definition:
    """A transform.

    Attributes:
        column: it as SQL, of a column and the power.
        value: it of a number and the power.
        inverse: back from there.
        least: natural units: values must be above it; None where it takes all.
        inclusive: whether they may also be on it.
    """

    column: Callable[[ir.NumericValue, float], ir.Value]
    value: Callable[[float, float], float]
    inverse: Callable[[float, float], float]
    least: float | None = None
    inclusive: bool = False

    def takes(self, number: float) -> bool:
        """Whether it is defined for a value."""
        if self.least is None:
            return True
        return number >= self.least if self.inclusive else number > self.least


def _yeo_johnson(column: ir.NumericValue, power: float) -> ir.Value:
    # Of |x|, so that no branch takes the logarithm of a negative number where its value is unused.
    logarithm = (column.abs() + 1.0).ln()
    return ibis.ifelse(column < 0, -_box_cox(logarithm, 2.0 - power), _box_cox(logarithm, power))


def _box_cox(logarithm: ir.NumericValue, power: float) -> ir.NumericValue:
    """Return ((1 + x) ** power - 1) / power by ln(1 + x): EXP is there in every engine."""
    if abs(power) < _NEAR:
        return logarithm
    raised: ir.NumericValue = ((logarithm * power).exp() - 1.0) / power
    return raised


def _yeo_johnson_value(value: float, power: float) -> float:
    sign, power = (-1.0, 2.0 - power) if value < 0 else (1.0, power)
    logarithm = math.log1p(abs(value))
    return sign * (logarithm if abs(power) < _NEAR else math.expm1(power * logarithm) / power)


def _yeo_johnson_inverse(value: float, power: float) -> float:
    sign, power = (-1.0, 2.0 - power) if value < 0 else (1.0, power)
    if abs(power) < _NEAR:
        return sign * math.expm1(abs(value))
    # A centroid taken back from a few components may lie beyond what the transform reaches.
    return sign * math.expm1(math.log1p(max(power * abs(value), _NEAR - 1.0)) / power)


TRANSFORMS: Mapping[Transform, Definition] = {
    "none": Definition(lambda x, _: x, lambda x, _: x, lambda y, _: y),
    "log1p": Definition(
        lambda x, _: (x + 1.0).ln(), lambda x, _: math.log1p(x), lambda y, _: math.expm1(y), -1.0
    ),
    "log": Definition(lambda x, _: x.ln(), lambda x, _: math.log(x), lambda y, _: math.exp(y), 0.0),
    "sqrt": Definition(
        lambda x, _: x.sqrt(), lambda x, _: math.sqrt(x), lambda y, _: max(y, 0.0) ** 2, 0.0, True
    ),
    # Yeo and Johnson (Biometrika 87, 2000): the Box-Cox transform of 1 + x, and of 1 - x with
    # 2 - power below 0.
    "yeo-johnson": Definition(_yeo_johnson, _yeo_johnson_value, _yeo_johnson_inverse),
}


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
    requested: str | Mapping[str, str],
    skewness: Sequence[float | None],
    minimum: Sequence[float | None],
    fixed: frozenset[str] = frozenset(),
) -> tuple[Transform, ...]:
    """Return the transform of each feature.

    Args:
        names: the features.
        requested: ``auto``, or a transform, for all of them; or one by feature, with ``*`` for the
            others, which stay as they are without it.
        skewness: of each capped feature.
        minimum: of each capped feature, in natural units.
        fixed: features that are never transformed: those of 0 and 1.

    Raises:
        SettingsError: a feature named in ``requested`` does not exist, or has values for which its
            transform is not defined.
    """
    by_feature = {REST: requested} if isinstance(requested, str) else requested
    for name in by_feature:
        if name not in names and name != REST:
            raise SettingsError(
                f"[features] transform: there is no feature '{name}'.{nearest(name, names)}"
            )
    wishes = [by_feature.get(name, by_feature.get(REST, "none")) for name in names]
    chosen: list[Transform] = []
    undefined: dict[str, str] = {}
    for name, wanted, skew, least in zip(names, wishes, skewness, minimum, strict=True):
        if name in fixed:
            chosen.append("none")
        elif wanted == "auto":
            skewed = abs(skew or 0) > SKEWED and (least or 0) >= 0
            chosen.append("log1p" if skewed else "none")
        else:
            transform_of = next(known for known in TRANSFORMS if known == wanted)
            chosen.append(transform_of)
            if least is not None and not TRANSFORMS[transform_of].takes(least):
                undefined[name] = (
                    f"{wanted} is not defined for '{name}', which goes down to {least:g}"
                )
    if undefined:
        others = dict(by_feature) | dict.fromkeys(undefined, "none")
        listed = ", ".join(f'{toml_key(name)} = "{of}"' for name, of in others.items())
        raise SettingsError(
            f'[features] transform: {"; ".join(undefined.values())}. "yeo-johnson" takes every '
            f"number; or leave them as they are: transform = {{ {listed} }}"
        )
    return tuple(chosen)


def within_domain(p: Parameters, minimum: float | None) -> Parameters:
    """Return parameters with a lower bound for which the transform is defined.

    Without one, a later customer with a value below all that were learned from would have no
    logarithm or root, and an engine would refuse the whole SELECT.
    """
    definition = TRANSFORMS[p.transform]
    if minimum is None or (p.lower is not None and definition.takes(p.lower)):
        return p
    return p if definition.least is None else replace(p, lower=minimum)


def transform(features: ir.Table, parameters: Sequence[Parameters]) -> ir.Table:
    """Apply each capped column's transform."""
    return features.mutate(
        **{
            p.column: TRANSFORMS[p.transform].column(features[p.column], _power(p))
            for p in parameters
            if p.transform != "none"
        }
    )


def scaled_value(p: Parameters, value: float) -> float:
    """Take a value of a feature from natural to scaled units, as the stages do."""
    if p.lower is not None:
        value = max(value, p.lower)
    if p.upper is not None:
        value = min(value, p.upper)
    definition = TRANSFORMS[p.transform]
    if definition.least is not None and not definition.takes(value):
        value = definition.least + 0.001
    return (definition.value(value, _power(p)) - p.center) / p.spread


def natural_value(p: Parameters, scaled: float) -> float:
    """Take a scaled value of a feature back to natural units."""
    try:
        return TRANSFORMS[p.transform].inverse(scaled * p.spread + p.center, _power(p))
    except OverflowError:  # beyond what the transform reaches, and so beyond the bound
        return sys.float_info.max if p.upper is None else p.upper


def _power(p: Parameters) -> float:
    return 1.0 if p.power is None else p.power
