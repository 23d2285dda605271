"""The model: everything that was learned, as plain frozen data with a JSON round trip."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from segdb.errors import SettingsError, command
from segdb.features.catalogue import Catalogue
from segdb.features.rfm import CLASSIC, RfmRules
from segdb.value_model import ValueModel

VERSION = 2
# A model without components is the same in both.
_READABLE = (1, VERSION)
Transform = Literal["none", "log1p", "log", "sqrt", "yeo-johnson"]


def matrix_column(feature: str) -> str:
    """Return the name of the column on its way from a feature to the matrix."""
    return f"x_{feature}"


@dataclass(frozen=True)
class Parameters:
    """What was learned of one feature.

    A value goes through them in this order: ``fill`` where it is missing, then between ``lower``
    and ``upper``, then ``transform``, then ``(value - center) / spread``. With ``fill_last`` it is
    filled after the bounds, which then do not apply to the fill.

    Attributes:
        feature: its name.
        position: its place in the matrix from 0, or None where it stays out of it.
        left_out: why it stays out; None where it does not.
        fill: natural units.
        lower: natural units; None without a bound.
        upper: natural units; None without a bound.
        transform: one of ``segdb.expressions.transform.TRANSFORMS``, or ``none``.
        center: transformed units.
        spread: transformed units, never 0.
        power: the lambda of a Yeo-Johnson transform; None of the others.
        fill_last: whether missing values are filled after capping, and not before.
    """

    feature: str
    position: int | None
    left_out: str | None
    fill: float
    lower: float | None
    upper: float | None
    transform: Transform
    center: float
    spread: float
    power: float | None = None
    fill_last: bool = False

    @property
    def column(self) -> str:
        """The column that carries the value through the stages, beside the natural one."""
        return matrix_column(self.feature)


@dataclass(frozen=True)
class Components:
    """Principal components: where the matrix is narrower than its features.

    A customer's coordinate on a component is the sum over the features of the matrix of
    ``(scaled - mean) * loading``. The components are orthonormal and not whitened, so that a
    distance between coordinates is one in scaled units, less what the left-out components hold.

    Attributes:
        means: of each feature of the matrix, scaled units.
        loadings: of each component, the widest first, one weight a feature of the matrix.
    """

    means: tuple[float, ...]
    loadings: tuple[tuple[float, ...], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the coordinates."""
        return tuple(f"component_{number}" for number in range(1, len(self.loadings) + 1))

    def first(self, count: int) -> Components:
        """Return the widest ones."""
        return Components(self.means, self.loadings[:count])

    def coordinates(self, scaled: Sequence[float]) -> tuple[float, ...]:
        """Take scaled features to coordinates."""
        centered = [value - mean for value, mean in zip(scaled, self.means, strict=True)]
        return tuple(_dot(centered, weights) for weights in self.loadings)

    def scaled(self, coordinates: Sequence[float]) -> tuple[float, ...]:
        """Take coordinates back to scaled features, as near as the components come to them."""
        by_feature = zip(self.means, *self.loadings, strict=True)
        return tuple(mean + _dot(weights, coordinates) for mean, *weights in by_feature)


@dataclass(frozen=True)
class Segment:
    """A segment: its identity, its name, and its centroid.

    Attributes:
        segment_id: 1..k, 1 the most valuable on the first run.
        name: unique among the segments.
        centroid: one value a column of the matrix: a feature in scaled units, or a component.
    """

    segment_id: int
    name: str
    centroid: tuple[float, ...]


@dataclass(frozen=True)
class Model:
    """All that is needed to put a customer into a segment.

    Attributes:
        catalogue: the features and where they come from.
        parameters: one a feature of the catalogue, in its order.
        segments: ordered by ``segment_id``.
        score_edges: of recency, frequency and monetary (where they are features), the edges
            between the scores, one fewer than there are scores.
        components: what stands in the matrix for the features; None where they do themselves.
        rfm: what beside the edges makes the scores, and names customers by them.
        within: bounds by feature, beyond which a customer is left out.
        value: what customers are expected to order and to pay; None where that was not learned.
    """

    catalogue: Catalogue
    parameters: tuple[Parameters, ...]
    segments: tuple[Segment, ...]
    score_edges: Mapping[str, tuple[float, ...]]
    components: Components | None = None
    rfm: RfmRules = CLASSIC
    within: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)
    value: ValueModel | None = None

    @property
    def matrix(self) -> tuple[Parameters, ...]:
        """The features of the matrix, by position."""
        inside = (p for p in self.parameters if p.position is not None)
        return tuple(sorted(inside, key=lambda p: p.position or 0))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that distances are taken over, in the order of the centroids' values."""
        if self.components is not None:
            return self.components.columns
        return tuple(p.column for p in self.matrix)

    def scaled(self, centroid: tuple[float, ...]) -> tuple[float, ...]:
        """Return a centroid as scaled features, one a feature of the matrix.

        Of a model with components it lies in their plane, so that the nearest centroid of a
        customer is the same in features as in components.
        """
        if self.components is None:
            return centroid
        return self.components.scaled(centroid)

    def to_json(self) -> str:
        """Return the model as JSON text."""
        values = {
            "version": VERSION,
            "features": self.catalogue.to_dict(),
            "parameters": [asdict(parameters) for parameters in self.parameters],
            "segments": [asdict(segment) for segment in self.segments],
            "score_edges": {name: list(edges) for name, edges in self.score_edges.items()},
            "components": None if self.components is None else asdict(self.components),
            "rfm": asdict(self.rfm),
            "within": {name: list(sides) for name, sides in self.within.items()},
            "value": None if self.value is None else self.value.to_dict(),
        }
        return json.dumps(values, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Model:
        """Return the model that ``to_json`` gave.

        Raises:
            SettingsError: it is a model of another version of segdb, or damaged.
        """
        try:
            return cls._rebuilt(json.loads(text))
        except (TypeError, ValueError, KeyError, AttributeError, RecursionError):
            raise SettingsError(
                f"The stored model is damaged: something else has changed it. {command('run')} "
                "learns anew."
            ) from None

    @classmethod
    def _rebuilt(cls, values: Mapping[str, Any]) -> Model:
        if values.get("version") not in _READABLE:
            raise SettingsError(
                f"The model is of version {values.get('version')}, and this segdb reads {VERSION}. "
                f"Run {command('run')} again."
            )
        return cls(
            catalogue=Catalogue.from_dict(values["features"]),
            parameters=tuple(Parameters(**p) for p in values["parameters"]),
            segments=tuple(
                Segment(s["segment_id"], s["name"], tuple(s["centroid"]))
                for s in values["segments"]
            ),
            score_edges={n: tuple(edges) for n, edges in values["score_edges"].items()},
            components=_components(values.get("components")),
            rfm=RfmRules.from_dict(values.get("rfm", {})),
            within={name: (low, high) for name, (low, high) in values.get("within", {}).items()},
            value=ValueModel.from_dict(values["value"]) if values.get("value") else None,
        )


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def _components(values: Mapping[str, Any] | None) -> Components | None:
    if values is None:
        return None
    return Components(tuple(values["means"]), tuple(tuple(one) for one in values["loadings"]))
