"""Identity: which of the new segments is which of the last run's."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from segdb.cluster.identity import match
from segdb.model import Model, Parameters, Segment
from segdb.steps.describe import natural
from segdb.steps.fit import Fitted
from segdb.store.duckdb import DuckDB
from segdb.store.history import last_model, last_segment_id


@dataclass(frozen=True)
class Known:
    """What earlier runs left.

    Attributes:
        model: of the last run.
        next_id: the first id that was never used.
    """

    model: Model
    next_id: int


def known(store: DuckDB, schema: str) -> Known | None:
    """Return what the last run in a schema left; None before the first."""
    text = last_model(store, schema)
    if text is None:
        return None
    model = Model.from_json(text)
    used = max((s.segment_id for s in model.segments), default=0)
    return Known(model, max(used, last_segment_id(store, schema)) + 1)


def identified(
    fitted: Fitted, model: Model, earlier: Known | None, within: float
) -> tuple[Fitted, tuple[Segment, ...], tuple[str | None, ...]]:
    """Give the clusters ids: those of the last run's segments where they match.

    Args:
        fitted: the clusters in the canonical order.
        model: what was learned, but for the segments.
        earlier: what the last run left.
        within: the farthest match, as the root mean square over the features, scaled units. Of
            centroids on components, it is their place among the features that is compared: the
            components of two runs may be turned against each other.

    Returns:
        The clusters in the order of their ids, as segments, and the name that each keeps.
    """
    ids = tuple(range(1, len(fitted.centroids) + 1))
    names: dict[int, str] = {}
    if earlier is not None:
        shared = _shared(model.matrix, earlier.model)
        old = [
            _in_new_units(model.matrix, shared, segment, earlier.model)
            for segment in earlier.model.segments
        ]
        new = [[model.scaled(one)[place] for place in shared] for one in fitted.centroids]
        reach = within * math.sqrt(len(shared)) if shared else 0.0
        old_ids = [segment.segment_id for segment in earlier.model.segments]
        ids = (
            match(new, old, old_ids, earlier.next_id, reach)
            if shared
            else tuple(range(earlier.next_id, earlier.next_id + len(new)))
        )
        names = {segment.segment_id: segment.name for segment in earlier.model.segments}
    order = sorted(range(len(ids)), key=lambda place: ids[place])
    segments = tuple(
        Segment(ids[place], f"Segment {ids[place]}", fitted.centroids[place]) for place in order
    )
    reordered = replace(
        fitted,
        centroids=tuple(fitted.centroids[place] for place in order),
        silhouettes=tuple(fitted.silhouettes[place] for place in order),
        stabilities=tuple(fitted.stabilities[place] for place in order),
    )
    return reordered, segments, tuple(names.get(segment.segment_id) for segment in segments)


def _shared(matrix: Sequence[Parameters], model: Model) -> list[int]:
    """Return the positions of the features that the last run's matrix had as well."""
    before = {p.feature for p in model.matrix}
    return [place for place, p in enumerate(matrix) if p.feature in before]


def _in_new_units(
    matrix: Sequence[Parameters], shared: Sequence[int], segment: Segment, model: Model
) -> list[float]:
    """Take an old centroid to natural units by the old model, and to scaled ones by the new."""
    places = {p.feature: place for place, p in enumerate(model.matrix)}
    scaled = model.scaled(segment.centroid)
    values = []
    for place in shared:
        new = matrix[place]
        old_place = places[new.feature]
        value = natural(model.matrix[old_place], scaled[old_place])
        if new.transform == "log1p":
            value = math.log1p(max(value, -0.999))
        values.append((value - new.center) / new.spread)
    return values
