"""Learn: fills, bounds, transforms and scales, each from one small aggregate."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import ibis.expr.types as ir

from segdb.cluster.matrix import Matrix
from segdb.cluster.yeo_johnson import best_powers
from segdb.config.feature_sections import Features
from segdb.engines.protocol import Database
from segdb.errors import DataError, SettingsError, nearest
from segdb.expressions.coreset import all_customers, sample
from segdb.expressions.distributions import statistics
from segdb.expressions.pca import in_matrix
from segdb.expressions.preprocess import filled_and_capped, preprocess
from segdb.expressions.transform import choose, shape, transform, within_domain
from segdb.features.rfm import CLASSIC, RfmRules
from segdb.model import Model, Parameters
from segdb.steps.features.build_features import BuiltFeatures
from segdb.steps.preprocess.bounds import fills_and_bounds, settled
from segdb.steps.preprocess.covariance import measured
from segdb.steps.preprocess.exclude_features import DESCRIBES, excluded, mostly_missing
from segdb.steps.preprocess.options import PreprocessOptions
from segdb.steps.preprocess.pca import Pca, chosen_components, pca_of
from segdb.steps.preprocess.rfm_scores import rfm_rules, score_edges
from segdb.steps.progress import Progress


@dataclass(frozen=True)
class Learned:
    """What was learned of the features.

    Attributes:
        parameters: one a feature, in the order of the catalogue.
        correlations: Pearson's r of each pair, capped and transformed; None for a constant.
        score_edges: of recency, frequency and monetary, where they are features.
        statistics: what ``segdb.expressions.distributions.statistics`` gave.
        pca: the principal components of the matrix.
        rfm: what beside the edges makes the scores.
    """

    parameters: tuple[Parameters, ...]
    correlations: Mapping[tuple[str, str], float | None]
    score_edges: Mapping[str, tuple[float, ...]]
    statistics: Mapping[str, Any]
    pca: Pca
    rfm: RfmRules = CLASSIC

    def model(self, built: BuiltFeatures, components: int | None) -> Model:
        """Return the model of the customers, without segments yet.

        Args:
            built: the customers.
            components: how many principal components stand in the matrix for its features; None
                for the features themselves.

        Raises:
            SettingsError: more components are asked for than there are features.
        """
        model = Model(
            built.catalogue,
            self.parameters,
            (),
            self.score_edges,
            rfm=self.rfm,
            within=built.recipe.within,
        )
        return replace(model, components=chosen_components(self.pca, components, model.matrix))


def _check_names(features: Features, names: Sequence[str]) -> None:
    """Refuse names in the settings that no feature has."""
    for key, wanted in (("describe", features.describe), ("value", features.value)):
        for name in wanted:
            if name not in names:
                raise SettingsError(
                    f"[features] {key}: there is no feature '{name}'.{nearest(name, names)}"
                )


def learn(
    store: Database, options: PreprocessOptions, built: BuiltFeatures, progress: Progress
) -> Learned:
    """Learn fills, bounds, transforms, scales and score edges.

    Args:
        store: where the customers are.
        options: how they are preprocessed.
        built: their features.
        progress: receives messages and warnings.

    Raises:
        DataError: no feature differs between customers.
        SettingsError: a feature named in the settings does not exist.
    """
    names = built.catalogue.names
    _check_names(options.features, names)
    known = store.rows(statistics(built.features, names))[0]
    edges = score_edges(store, options.rfm, built.features, names, known)
    rfm = rfm_rules(store, options.rfm, built.features, names, edges)
    parameters = fills_and_bounds(
        store, options, built.catalogue, built.features, known, built.bounds
    )
    capped = store.view("segdb_capped", filled_and_capped(built.features, parameters))
    parameters = _transformed(store, options, built, capped, parameters)
    logged = store.view("segdb_transformed", transform(capped, parameters))
    columns = [p.column for p in parameters]
    few = built.customers <= options.matrix_rows
    row = measured(store, logged, columns, options.scale, few=few)
    correlations = correlations_of(names, row)
    missing = mostly_missing(options, built, known, progress)
    parameters = _scaled(options, row, correlations, parameters, missing, progress)
    return Learned(parameters, correlations, edges, known, pca_of(row, parameters), rfm)


def to_matrix(features: ir.Table, model: Model) -> ir.Table:
    """Apply what was learned up to the columns that distances are taken over."""
    return in_matrix(preprocess(features, model.matrix), model)


def _transformed(
    store: Database,
    options: PreprocessOptions,
    built: BuiltFeatures,
    capped: ir.Table,
    parameters: tuple[Parameters, ...],
) -> tuple[Parameters, ...]:
    names = built.catalogue.names
    row = store.rows(shape(capped, [p.column for p in parameters]))[0]
    binary = frozenset(entry.name for entry in built.catalogue.of("category"))
    minima = [row[f"minimum_{i}"] for i in range(len(names))]
    chosen = choose(
        names,
        options.features.transform,
        [row[f"skewness_{i}"] for i in range(len(names))],
        minima,
        binary,
    )
    moved = [replace(p, transform=t) for p, t in zip(parameters, chosen, strict=True)]
    powers = _powers(store, options, built, capped, moved)
    return tuple(
        within_domain(replace(p, power=powers.get(p.feature)), minimum)
        for p, minimum in zip(moved, minima, strict=True)
    )


def _powers(
    store: Database,
    options: PreprocessOptions,
    built: BuiltFeatures,
    capped: ir.Table,
    parameters: Sequence[Parameters],
) -> dict[str, float]:
    """Return the lambda of each Yeo-Johnson transform, of a sample above ``matrix_rows``."""
    moved = [p for p in parameters if p.transform == "yeo-johnson"]
    if not moved:
        return {}
    columns, most = [p.column for p in moved], options.matrix_rows
    drawn = all_customers(capped, columns)
    if built.customers > most:
        drawn = sample(capped, columns, most, built.customers, options.seed)
    rows = Matrix.from_arrow(store.fetch(drawn), "customer_id", "weight")
    return dict(zip((p.feature for p in moved), best_powers(rows), strict=True))


def _scaled(
    options: PreprocessOptions,
    row: Mapping[str, Any],
    correlations: Mapping[tuple[str, str], float | None],
    parameters: tuple[Parameters, ...],
    missing: Mapping[int, str],
    progress: Progress,
) -> tuple[Parameters, ...]:
    left_out = excluded(options.features, parameters, row, correlations, missing)
    for place, reason in left_out.items():
        if reason != DESCRIBES:
            progress.note(f"{parameters[place].feature} is excluded from clustering: {reason}.")
    position = 0
    learned = []
    for place, p in enumerate(parameters):
        if place in left_out:
            learned.append(replace(p, left_out=left_out[place]))
            continue
        # A robust or quantile spread of a mostly constant feature can be 0.
        spread = row[f"spread_{place}"] or 1.0
        center, spread = settled(row[f"center_{place}"], spread), settled(spread, spread)
        learned.append(replace(p, position=position, center=center, spread=spread))
        position += 1
    if position == 0:
        raise DataError(
            "All customers are alike: no feature differs between them, so there is nothing to "
            "segment by. Check [columns], [features] and [outliers]."
        )
    return tuple(learned)


def correlations_of(
    names: Sequence[str], row: Mapping[str, Any]
) -> dict[tuple[str, str], float | None]:
    """Return Pearson's r of each pair of features, from ``measures``; None for a constant."""
    # The covariance of a constant can be off 0 by the last bits of a sum.
    spreads = [
        math.sqrt(row[f"cov_{i}_{i}"]) if row[f"least_{i}"] < row[f"most_{i}"] else 0.0
        for i in range(len(names))
    ]
    return {
        (names[i], names[j]): _clipped(row[f"cov_{i}_{j}"] / (spreads[i] * spreads[j]))
        if spreads[i] and spreads[j]
        else None
        for i, j in combinations(range(len(names)), 2)
    }


def _clipped(r: float) -> float:
    return max(-1.0, min(1.0, r))
