"""Learn: fills, bounds, transforms and scales, each from one small aggregate."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import ibis.expr.types as ir

from segdb.errors import DataError, SettingsError, nearest
from segdb.features.rfm import SCORES
from segdb.model import Model, Parameters
from segdb.settings import Settings
from segdb.stages.cap import cap, cap_bounds
from segdb.stages.components import in_matrix
from segdb.stages.explore import FIFTHS, statistics
from segdb.stages.fill import fill, fill_values
from segdb.stages.scale import scale
from segdb.stages.transform import choose, shape, transform
from segdb.steps.components import Axes, axes_of
from segdb.steps.exclusions import DESCRIBES, excluded, mostly_missing
from segdb.steps.intake import Intake
from segdb.steps.measured import measured
from segdb.steps.progress import Progress
from segdb.store.duckdb import DuckDB

# Of a spread, that tell customers apart.
_DIGITS = 12


@dataclass(frozen=True)
class Learned:
    """What was learned of the features.

    Attributes:
        parameters: one a feature, in the order of the catalogue.
        correlations: Pearson's r of each pair, capped and transformed; None for a constant.
        score_edges: quintile edges of recency, frequency and monetary, where they are features.
        statistics: what ``segdb.stages.explore.statistics`` gave.
        axes: the principal components of the matrix.
    """

    parameters: tuple[Parameters, ...]
    correlations: Mapping[tuple[str, str], float | None]
    score_edges: Mapping[str, tuple[float, ...]]
    statistics: Mapping[str, Any]
    axes: Axes


def learn(store: DuckDB, settings: Settings, intake: Intake, progress: Progress) -> Learned:
    """Learn fills, bounds, transforms, scales and score edges.

    Raises:
        DataError: no feature differs between customers.
        SettingsError: a feature named in the settings does not exist.
    """
    names = intake.catalogue.names
    for name in settings.features.describe:
        if name not in names:
            raise SettingsError(
                f"[features] describe: there is no feature '{name}'.{nearest(name, names)}"
            )
    known = store.rows(statistics(intake.features, names))[0]
    parameters = _filled(settings, intake, known)
    filled = fill(intake.features, parameters)
    parameters = _capped(store, settings, intake, filled, parameters)
    capped = store.view("segdb_capped", cap(filled, parameters))
    parameters = _transformed(store, settings, intake, capped, parameters)
    logged = store.view("segdb_transformed", transform(capped, parameters))
    columns = [p.column for p in parameters]
    few = intake.customers <= settings.cluster.matrix_rows
    row = measured(store, logged, columns, settings.scale.method, few=few)
    correlations = correlations_of(names, row)
    missing = mostly_missing(settings, intake, known, progress)
    parameters = _scaled(settings, row, correlations, parameters, missing, progress)
    return Learned(
        parameters, correlations, _score_edges(names, known), known, axes_of(row, parameters)
    )


def _score_edges(
    names: Sequence[str], statistics: Mapping[str, Any]
) -> dict[str, tuple[float, ...]]:
    places = {name: place for place, name in enumerate(names)}
    return {
        feature: tuple(float(statistics[f"{fifth}_{places[feature]}"]) for fifth in FIFTHS)
        for _, feature, _ in SCORES
        if feature in places
    }


def prepared(features: ir.Table, matrix: tuple[Parameters, ...]) -> ir.Table:
    """Apply what was learned: fill, cap, transform and scale, as one expression."""
    return scale(transformed(features, matrix), matrix)


def transformed(features: ir.Table, parameters: tuple[Parameters, ...]) -> ir.Table:
    """Apply what was learned up to where the features are measured: fill, cap and transform."""
    return transform(cap(fill(features, parameters), parameters), parameters)


def placed(features: ir.Table, model: Model) -> ir.Table:
    """Apply what was learned up to the columns that distances are taken over."""
    return in_matrix(prepared(features, model.matrix), model)


def _filled(settings: Settings, intake: Intake, known: Mapping[str, Any]) -> tuple[Parameters, ...]:
    names = intake.catalogue.names
    binary = {entry.name for entry in intake.catalogue.of("category")}
    fills = fill_values(known, names, settings.clean.missing) | dict.fromkeys(binary, 0.0)
    if settings.clean.missing == "mean":
        spreads = {name: known[f"sd_{place}"] for place, name in enumerate(names)}
        fills |= {n: _settled(fills[n], spread) for n, spread in spreads.items() if spread}
    return tuple(
        Parameters(name, None, None, fills[name], None, None, "none", 0.0, 1.0) for name in names
    )


def _capped(
    store: DuckDB,
    settings: Settings,
    intake: Intake,
    filled: ir.Table,
    parameters: tuple[Parameters, ...],
) -> tuple[Parameters, ...]:
    # A rare category is no outlier.
    binary = {entry.name for entry in intake.catalogue.of("category")}
    columns = [p.column for p in parameters if p.feature not in binary]
    query = cap_bounds(filled, columns, settings.outliers) if columns else None
    if query is None:
        return parameters
    row = store.rows(query)[0]
    bounds = {column: (row[f"lower_{i}"], row[f"upper_{i}"]) for i, column in enumerate(columns)}
    return tuple(
        replace(p, lower=bounds[p.column][0], upper=bounds[p.column][1])
        if p.column in bounds
        else p
        for p in parameters
    )


def _transformed(
    store: DuckDB,
    settings: Settings,
    intake: Intake,
    capped: ir.Table,
    parameters: tuple[Parameters, ...],
) -> tuple[Parameters, ...]:
    names = intake.catalogue.names
    row = store.rows(shape(capped, [p.column for p in parameters]))[0]
    chosen = choose(
        names,
        settings.features.transform,
        [row[f"skewness_{i}"] for i in range(len(names))],
        [row[f"minimum_{i}"] for i in range(len(names))],
    )
    binary = {entry.name for entry in intake.catalogue.of("category")}
    return tuple(
        replace(p, transform="none" if p.feature in binary else t)
        for p, t in zip(parameters, chosen, strict=True)
    )


def _scaled(
    settings: Settings,
    row: Mapping[str, Any],
    correlations: Mapping[tuple[str, str], float | None],
    parameters: tuple[Parameters, ...],
    missing: Mapping[int, str],
    progress: Progress,
) -> tuple[Parameters, ...]:
    left_out = excluded(settings, parameters, row, correlations, missing)
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
        center, spread = _settled(row[f"center_{place}"], spread), _settled(spread, spread)
        learned.append(replace(p, position=position, center=center, spread=spread))
        position += 1
    if position == 0:
        raise DataError(
            "All customers are alike: no feature differs between them, so there is nothing to "
            "segment by. Check [columns], [features] and [outliers]."
        )
    return tuple(learned)


def _settled(value: float, spread: float) -> float:
    """Round to a trillionth of the spread.

    The last bits of a parallel sum are others in each run, and where customers lie on a lattice
    K-Means would break its ties by them.
    """
    return round(float(value), _DIGITS - math.floor(math.log10(spread)))


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
