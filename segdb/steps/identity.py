"""Identity: which of the new segments is which of the last run's."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import ibis.expr.types as ir

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
        variances: of the columns of the new matrix over all customers, scaled units squared.
    """

    model: Model | None
    next_id: int
    variances: tuple[float, ...]


def known(
    store: DuckDB, schema: str, scaled: ir.Table, matrix: Sequence[Parameters]
) -> Known | None:
    """Return what the last run in a schema left; None before the first.

    Args:
        store: the database.
        schema: where the tables are.
        scaled: the customers of the new run, scaled units.
        matrix: the features of the new matrix, by position.
    """
    text = last_model(store, schema)
    if text is None:
        return None
    try:
        model = Model.from_json(text)
    except SettingsError:
        model = None
    spread = {f"v{place}": scaled[p.column].var(how="pop") for place, p in enumerate(matrix)}
    variances = tuple(float(v or 0.0) for v in store.rows(scaled.agg(**spread))[0].values())
    return Known(model, last_segment_id(store, schema) + 1, variances)


def identified(
    fitted: Fitted,
    catalogue: Catalogue,
    matrix: Sequence[Parameters],
    earlier: Known | None,
    within: float,
) -> tuple[Fitted, tuple[Segment, ...], tuple[str | None, ...]]:
    """Give the clusters ids: those of the last run's segments where they match.

    Args:
        fitted: the clusters in the canonical order.
        catalogue: what the features are.
        matrix: the features of the matrix, by position.
        earlier: what the last run left.
        within: the farthest match, in units of how far the customers lie from their mean (root
            mean square over the features; 1 scaled unit where the scale is ``standard``).

    Returns:
        The clusters in the order of their ids, as segments, and the name that each keeps.
    """
    ids = tuple(range(1, len(fitted.centroids) + 1))
    names: dict[int, str] = {}
    if earlier is not None:
        ids = _ids(fitted.centroids, catalogue, matrix, earlier, within)
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
    centroids: Sequence[Sequence[float]],
    catalogue: Catalogue,
    matrix: Sequence[Parameters],
    earlier: Known,
    within: float,
) -> tuple[int, ...]:
    model = earlier.model
    shared = shared_features(catalogue, matrix, model) if model else []
    if model is None or not shared:
        return tuple(range(earlier.next_id, earlier.next_id + len(centroids)))
    return match(
        [[centroid[place] for place in shared] for centroid in centroids],
        [in_new_units(matrix, shared, segment, model) for segment in model.segments],
        [segment.segment_id for segment in model.segments],
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
    values = []
    for place in shared:
        new = matrix[place]
        old_place = places[new.feature]
        value = natural(model.matrix[old_place], segment.centroid[old_place])
        if new.lower is not None:
            value = max(value, new.lower)
        if new.upper is not None:
            value = min(value, new.upper)
        if new.transform == "log1p":
            value = math.log1p(max(value, -0.999))
        values.append((value - new.center) / new.spread)
    return values
