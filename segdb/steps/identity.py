"""Identity: which of the new segments is which of the last run's."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from segdb.cluster.identity import match
from segdb.errors import SettingsError
from segdb.features.catalogue import Catalogue
from segdb.model import Model, Parameters, Segment
from segdb.steps.describe import natural
from segdb.steps.fit import Fitted
from segdb.store.duckdb import DuckDB
from segdb.store.history import last_model, last_segment_id


@dataclass(frozen=True)
class Known:
    """What earlier runs left.

    Attributes:
        model: of the last run; None where another version of segdb wrote it.
        next_id: the first id that was never used.
        variances: of the features of the new matrix over all customers, scaled units squared.
    """

    model: Model | None
    next_id: int
    variances: tuple[float, ...]


def known(store: DuckDB, schema: str, variances: Sequence[float]) -> Known | None:
    """Return what the last run in a schema left; None before the first.

    Args:
        store: the database.
        schema: where the tables are.
        variances: of the features of the new matrix, by position, scaled units squared.
    """
    text = last_model(store, schema)
    if text is None:
        return None
    try:
        model = Model.from_json(text)
    except SettingsError:
        model = None
    return Known(model, last_segment_id(store, schema) + 1, tuple(variances))


def identified(
    fitted: Fitted, model: Model, earlier: Known | None, within: float
) -> tuple[Fitted, tuple[Segment, ...], tuple[str | None, ...]]:
    """Give the clusters ids: those of the last run's segments where they match.

    Args:
        fitted: the clusters in the canonical order.
        model: what was learned, but for the segments.
        earlier: what the last run left.
        within: the farthest match, in units of how far the customers lie from their mean (root
            mean square over the features; 1 scaled unit where the scale is ``standard``). Of
            centroids on components, it is their place among the features that is compared: the
            components of two runs may be turned against each other.

    Returns:
        The clusters in the order of their ids, as segments, and the name that each keeps.
    """
    ids = tuple(range(1, len(fitted.centroids) + 1))
    names: dict[int, str] = {}
    if earlier is not None:
        ids = _ids(fitted.centroids, model, earlier, within)
        before = earlier.model.segments if earlier.model else ()
        names = {segment.segment_id: segment.name for segment in before}
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


def _ids(
    centroids: Sequence[tuple[float, ...]], model: Model, earlier: Known, within: float
) -> tuple[int, ...]:
    before = earlier.model
    shared = shared_features(model.catalogue, model.matrix, before) if before else []
    if before is None or not shared:
        return tuple(range(earlier.next_id, earlier.next_id + len(centroids)))
    return match(
        [[model.scaled(one)[place] for place in shared] for one in centroids],
        [in_new_units(model.matrix, shared, segment, before) for segment in before.segments],
        [segment.segment_id for segment in before.segments],
        earlier.next_id,
        within * math.sqrt(sum(earlier.variances[place] for place in shared)),
    )


def shared_features(catalogue: Catalogue, matrix: Sequence[Parameters], model: Model) -> list[int]:
    """Return the positions of the features that the matrix of another run had as well.

    A feature of another definition is another feature. Where fewer than half of the smaller
    matrix are shared, none are: segments of other features are other segments.
    """
    then, now = ({e.name: e for e in c.entries} for c in (model.catalogue, catalogue))
    before = {p.feature for p in model.matrix}
    shared = [
        place
        for place, p in enumerate(matrix)
        if p.feature in before and then[p.feature] == now[p.feature]
    ]
    return shared if 2 * len(shared) >= min(len(matrix), len(before)) else []


def in_new_units(
    matrix: Sequence[Parameters], shared: Sequence[int], segment: Segment, model: Model
) -> list[float]:
    """Take an old centroid to natural units by the old model, and to scaled ones by the new.

    The new bounds apply to it as to every customer, so that it lies where the new run would have
    seen it.
    """
    places = {p.feature: place for place, p in enumerate(model.matrix)}
    scaled = model.scaled(segment.centroid)
    values = []
    for place in shared:
        new = matrix[place]
        old_place = places[new.feature]
        value = natural(model.matrix[old_place], scaled[old_place])
        if new.lower is not None:
            value = max(value, new.lower)
        if new.upper is not None:
            value = min(value, new.upper)
        if new.transform == "log1p":
            value = math.log1p(max(value, -0.999))
        values.append((value - new.center) / new.spread)
    return values
