"""Match segments: which of the new segments is which of the last run's."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import ibis.expr.types as ir

from segdb.cluster.match_centroids import match
from segdb.engines.protocol import Database
from segdb.engines.publishing.history import last_model, last_segment_id
from segdb.engines.publishing.run_archive import kept_features, published_run
from segdb.errors import SettingsError
from segdb.expressions.preprocess import preprocess
from segdb.expressions.transform import natural_value, scaled_value
from segdb.features.catalogue import Catalogue
from segdb.model import Model, Parameters, Segment
from segdb.steps.preprocess.pca import Pca
from segdb.steps.segment.fit import Fitted

# Mean and standard deviation.
Moments = tuple[float, float]


@dataclass(frozen=True)
class PreviousRun:
    """What earlier runs left.

    Attributes:
        model: of the last run; None where another version of segdb wrote it.
        next_id: the first id that was never used.
        shared: positions of the features of the new matrix that the last run's had as well.
        then: mean and standard deviation of the last run's customers in each of them, in the
            scaled units of the new run; empty where they are gone.
        now: likewise of the new run's customers.
    """

    model: Model | None
    next_id: int
    shared: tuple[int, ...] = ()
    then: tuple[Moments, ...] = ()
    now: tuple[Moments, ...] = ()


def previous_run(store: Database, schema: str, learned: Model, pca: Pca) -> PreviousRun | None:
    """Return what the last run in a schema left; None before the first.

    Args:
        store: the database, with the last run still published.
        schema: where the tables are.
        learned: the model of the new run, but for its segments.
        pca: where its customers lie.
    """
    last, text = published_run(store, schema), last_model(store, schema)
    if last is None or text is None:
        return None
    next_id = last_segment_id(store, schema) + 1
    try:
        model = Model.from_json(text)
    except SettingsError:
        return PreviousRun(None, next_id)
    return compared_run(store, learned, pca, model, kept_features(store, schema, last), next_id)


def compared_run(
    store: Database,
    learned: Model,
    pca: Pca,
    model: Model,
    features: ir.Table | None,
    next_id: int,
) -> PreviousRun:
    """Return what the segments of a run are compared by with those of another.

    Args:
        store: where the customers of both are.
        learned: the model of the run whose segments get ids, but for its segments.
        pca: where its customers lie.
        model: of the run whose segments have ids.
        features: of its customers, natural units; None where they are gone.
        next_id: the first id that was never used.
    """
    shared = tuple(shared_features(learned.catalogue, learned.matrix, model))
    parameters = tuple(learned.matrix[place] for place in shared)
    comparable = features is not None and all(
        p.feature in features.columns and features[p.feature].type().is_numeric()
        for p in parameters
    )
    then = (
        _moments(store, preprocess(features, parameters), parameters)
        if parameters and comparable
        else ()
    )
    now = tuple((pca.components.means[p], math.sqrt(max(pca.spreads[p], 0.0))) for p in shared)
    return PreviousRun(model, next_id, shared, then, now)


def _moments(
    store: Database, scaled: ir.Table, matrix: Sequence[Parameters]
) -> tuple[Moments, ...]:
    columns = {f"mean_{i}": scaled[p.column].mean() for i, p in enumerate(matrix)}
    columns |= {f"sd_{i}": scaled[p.column].std(how="pop") for i, p in enumerate(matrix)}
    row = store.rows(scaled.agg(**columns))[0]
    return tuple((row[f"mean_{i}"] or 0.0, row[f"sd_{i}"] or 0.0) for i in range(len(matrix)))


def match_segments(
    fitted: Fitted, model: Model, earlier: PreviousRun | None, within: float
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
        stability_errors=tuple(fitted.stability_errors[place] for place in order),
    )
    return reordered, segments, tuple(names.get(segment.segment_id) for segment in segments)


def _ids(
    centroids: Sequence[tuple[float, ...]], model: Model, earlier: PreviousRun, within: float
) -> tuple[int, ...]:
    before, shared = earlier.model, earlier.shared
    if before is None or not shared:
        return tuple(range(earlier.next_id, earlier.next_id + len(centroids)))
    places = [in_new_units(model.matrix, shared, segment, before) for segment in before.segments]
    return match(
        [[model.scaled(centroid)[place] for place in shared] for centroid in centroids],
        [places, _moved_along(places, earlier)],
        [segment.segment_id for segment in before.segments],
        earlier.next_id,
        within * math.sqrt(sum(sd**2 for _, sd in earlier.now)),
    )


def _moved_along(places: Sequence[Sequence[float]], earlier: PreviousRun) -> list[list[float]]:
    """Return where the old centroids would lie had they moved with all customers.

    From one month to the next every customer is older and has bought more: measured against all
    of them, a segment may be where it was.
    """
    pairs = list(zip(earlier.then, earlier.now, strict=True)) if earlier.then else []
    if not pairs:
        return []
    return [
        [
            (value - then[0]) / then[1] * now[1] + now[0] if then[1] else value
            for value, (then, now) in zip(place, pairs, strict=True)
        ]
        for place in places
    ]


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
        values.append(scaled_value(new, natural_value(model.matrix[old_place], scaled[old_place])))
    return values
