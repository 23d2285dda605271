"""RFM scores: the edges between RFM scores, and the user's own segments by them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ibis.expr.types as ir

from segdb.config.feature_sections import Rfm
from segdb.engines.protocol import Database
from segdb.errors import EngineError, SettingsError, nearest
from segdb.expressions.distributions import FIFTHS
from segdb.expressions.quantiles import quantiles
from segdb.features.rfm import SCORES, RfmRules, group_ends, scores

Edges = Mapping[str, tuple[float, ...]]


def score_edges(
    store: Database,
    rfm: Rfm,
    features: ir.Table,
    names: Sequence[str],
    statistics: Mapping[str, Any],
) -> dict[str, tuple[float, ...]]:
    """Return the edges between the scores of recency, frequency and monetary, ascending.

    They are the user's own, or quantiles, or of scores by rank the highest value of each group
    but the last.

    Args:
        store: where the customers are.
        rfm: how many scores, and how ties are scored.
        features: of all customers, natural units.
        names: of the features.
        statistics: what ``segdb.expressions.distributions.statistics`` gave of them.

    Raises:
        SettingsError: there are edges of a feature that is not there.
    """
    bins, fixed_edges = rfm.bins, rfm.edges
    for name in fixed_edges:
        if name not in names:
            raise SettingsError(
                f"[rfm.edges] there is no feature '{name}' in this run.{nearest(name, names)}"
            )
    edges = {}
    for _, feature, _ in SCORES:
        if feature not in names:
            continue
        place = list(names).index(feature)
        if feature in fixed_edges:
            edges[feature] = fixed_edges[feature]
        elif not statistics[f"customers_{place}"]:
            edges[feature] = (0.0,) * (bins - 1)
        elif rfm.ties == "rank":
            ends = [float(row["value"]) for row in store.rows(group_ends(features, feature, bins))]
            edges[feature] = tuple((ends + ends[-1:] * bins)[: bins - 1])
        elif bins == len(FIFTHS) + 1:
            edges[feature] = tuple(float(statistics[f"{level}_{place}"]) for level in FIFTHS)
        else:
            levels = quantiles(features[feature], [part / bins for part in range(1, bins)])
            row = store.rows(features.agg(**{f"edge_{i}": e for i, e in enumerate(levels)}))[0]
            edges[feature] = tuple(float(row[f"edge_{i}"]) for i in range(bins - 1))
    return edges


def rfm_rules(
    store: Database, rfm: Rfm, features: ir.Table, names: Sequence[str], edges: Edges
) -> RfmRules:
    """Return how customers are scored and named beside the edges, each predicate tried.

    Raises:
        SettingsError: a predicate is none, reads a column that customer_features does not have,
            or cannot be run on the customers.
    """
    ranked = rfm.ties == "rank"
    rules = RfmRules(
        tuple(name for name in edges if ranked and name not in rfm.edges),
        tuple(rfm.segments.items()),
        rfm.other,
        tuple(rfm.edges),
    )
    known = ["customer_id", *names, *(score for score, _, _ in SCORES)]
    folded = {name.lower(): name for name in known}
    table = scores(features, edges, rules)
    for name, sql in rules.predicates:
        for column in sql.columns:
            if column.lower() not in folded:
                raise SettingsError(
                    f"[rfm.segments] {name}: customer_features has no column '{column}'."
                    f"{nearest(column, known)}"
                )
        holds = sql.over([table[folded[column.lower()]] for column in sql.columns])
        try:
            with store.refusals():
                store.rows(table.agg(customers=holds.sum()))
        except EngineError as error:
            raise SettingsError(f"[rfm.segments] {name} = {sql.text!r}: {error}") from error
    return rules
