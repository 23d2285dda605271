"""RFM: scores by recency, frequency and monetary, and the segments that they make."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from segdb.user_sql import UserSQL

# Score column, feature, and whether a higher value is better.
SCORES: tuple[tuple[str, str, bool], ...] = (
    ("r_score", "recency_days", False),
    ("f_score", "frequency", True),
    ("m_score", "monetary", True),
)

GRID_AXES = ("recency_days", "frequency")
# By recency score of five (rows 5 to 1) and frequency score (columns 1 to 5); complete.
GRID: Mapping[int, tuple[str, str, str, str, str]] = {
    5: ("New", "Potential Loyalist", "Potential Loyalist", "Champion", "Champion"),
    4: ("Promising", "Potential Loyalist", "Potential Loyalist", "Loyal", "Loyal"),
    3: ("About to Sleep", "About to Sleep", "Need Attention", "Loyal", "Loyal"),
    2: ("Hibernating", "Hibernating", "At Risk", "At Risk", "Can't Lose"),
    1: ("Hibernating", "Hibernating", "At Risk", "At Risk", "Can't Lose"),
}


@dataclass(frozen=True)
class RfmRules:
    """What beside the edges makes the scores, and names customers.

    Attributes:
        ranked: features that are scored by rank, so that the groups are of equal size.
        own: features that are scored by edges of the user's own.
        segments: name and SQL predicate of each of the user's own segments, the first one first;
            empty for the classic grid.
        other: the name of those for whom no predicate holds.
    """

    ranked: tuple[str, ...] = ()
    segments: tuple[tuple[str, str], ...] = ()
    other: str = "Other"
    own: tuple[str, ...] = ()

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> RfmRules:
        """Return the rules of JSON values; those of before there were such are the defaults."""
        segments = tuple((name, sql) for name, sql in values.get("segments", ()))
        ranked, own = (tuple(values.get(key, ())) for key in ("ranked", "own"))
        return cls(ranked, segments, values.get("other", cls.other), own)

    @property
    def predicates(self) -> tuple[tuple[str, UserSQL], ...]:
        """The user's own predicates, parsed, by the name of the segment."""
        return tuple(
            (name, UserSQL.parse(name, sql, "rfm.segments", aggregate=False))
            for name, sql in self.segments
        )


CLASSIC = RfmRules()


def scored(
    features: ir.Table, edges: Mapping[str, Sequence[float]], rules: RfmRules = CLASSIC
) -> ir.Table:
    """Add the scores and ``rfm_segment``; NULL for a score whose feature was not computed."""
    table = scores(features, edges, rules)
    return table.mutate(rfm_segment=rfm_segment(table, edges, rules))


def scores(
    features: ir.Table, edges: Mapping[str, Sequence[float]], rules: RfmRules = CLASSIC
) -> ir.Table:
    """Add ``r_score``, ``f_score`` and ``m_score``; NULL where the feature was not computed.

    A score is one more than the number of edges that the value is above (for recency: the number
    of scores less that number), so that equal values get equal scores. Of a feature that is
    ranked it is ``NTILE(n) OVER (ORDER BY feature, customer_id)``, for recency n + 1 less that.
    """
    columns = {}
    for score, feature, higher in SCORES:
        if feature not in edges:
            columns[score] = ibis.null("int32")
            continue
        bins = len(edges[feature]) + 1
        above = ibis.literal(0)
        for edge in edges[feature]:
            above = above + (features[feature] > edge).cast("int32")
        if feature in rules.ranked:
            above = _group(features, feature, bins)
        columns[score] = (above + 1 if higher else bins - above).cast("int32")
    return features.mutate(**columns)


def rfm_segment(
    table: ir.Table, edges: Mapping[str, Sequence[float]], rules: RfmRules = CLASSIC
) -> ir.StringValue:
    """Return the name that the user's own rules give, or else that of the cell of the grid.

    Args:
        table: the features and their scores.
        edges: of the scores, which say how many there are.
        rules: the user's own.

    Returns:
        Of the grid: NULL without both scores, of recency and of frequency.
    """
    if rules.segments:
        known = {column.lower(): column for column in table.columns}
        own = [
            (sql.over([table[known[column.lower()]] for column in sql.columns]), ibis.literal(name))
            for name, sql in rules.predicates
        ]
        return ibis.cases(*own, else_=ibis.literal(rules.other))
    cells = (
        ((table.r_score == r) & (table.f_score == f), name)
        for (r, f), name in grid(*(len(edges.get(name, ())) + 1 for name in GRID_AXES)).items()
    )
    return ibis.cases(*cells, else_=ibis.null("string"))


def grid(recency: int, frequency: int) -> dict[tuple[int, int], str]:
    """Return the name of each cell, by recency and frequency score, of so many scores.

    Of more or fewer than five groups each takes the name of the fifth in which its middle lies:
    of quartiles 1, 2, 4 and 5, of tenths two share a fifth.
    """
    return {
        (r, f): GRID[fifth(r, recency)][fifth(f, frequency) - 1]
        for r in range(recency, 0, -1)
        for f in range(1, frequency + 1)
    }


def fifth(score: int, scores_in_all: int) -> int:
    """Return the fifth of the customers, 1 to 5, in which the middle of a score's group lies."""
    return math.floor((score - 0.5) * 5 / scores_in_all) + 1


def group_ends(features: ir.Table, feature: str, bins: int) -> ir.Table:
    """Return ``value``, the highest of each group of equal size, ascending; the last one too."""
    groups = features.select(value=features[feature], place=_group(features, feature, bins))
    groups = groups.filter(groups.place.notnull())
    return groups.group_by("place").agg(value=groups.value.max()).order_by("place")


def _group(features: ir.Table, feature: str, bins: int) -> ir.IntegerValue:
    """Return the place from 0 of a value's group; NULL of a missing value."""
    column = features[feature]
    # Who lacks the feature is in no group, and takes no place in one.
    window = ibis.window(
        group_by=column.isnull().ifelse(1, 0), order_by=[column, features.customer_id]
    )
    place = ibis.ntile(bins).over(window)
    return ibis.ifelse(column.notnull(), place, ibis.null("int64"))
