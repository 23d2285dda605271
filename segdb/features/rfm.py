"""RFM: scores from 1 to 5, and the classic segments of recency and frequency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir

# Score column, feature, and whether a higher value is better.
SCORES: tuple[tuple[str, str, bool], ...] = (
    ("r_score", "recency_days", False),
    ("f_score", "frequency", True),
    ("m_score", "monetary", True),
)

# By recency score (rows 5 to 1) and frequency score (columns 1 to 5); complete.
GRID: Mapping[int, tuple[str, str, str, str, str]] = {
    5: ("New", "Potential Loyalist", "Potential Loyalist", "Champion", "Champion"),
    4: ("Promising", "Potential Loyalist", "Potential Loyalist", "Loyal", "Loyal"),
    3: ("About to Sleep", "About to Sleep", "Need Attention", "Loyal", "Loyal"),
    2: ("Hibernating", "Hibernating", "At Risk", "At Risk", "Can't Lose"),
    1: ("Hibernating", "Hibernating", "At Risk", "At Risk", "Can't Lose"),
}


def scored(features: ir.Table, edges: Mapping[str, Sequence[float]]) -> ir.Table:
    """Add the scores and ``rfm_segment``; NULL for a score whose feature was not computed."""
    table = scores(features, edges)
    return table.mutate(rfm_segment=rfm_segment(table))


def scores(features: ir.Table, edges: Mapping[str, Sequence[float]]) -> ir.Table:
    """Add ``r_score``, ``f_score`` and ``m_score``; NULL where the feature was not computed.

    A score is one more than the number of quintile edges that the value is above (for recency:
    5 less that number), so that equal values get equal scores.
    """
    columns = {}
    for score, feature, higher in SCORES:
        if feature not in edges:
            columns[score] = ibis.null("int32")
            continue
        above = ibis.literal(0)
        for edge in edges[feature]:
            above = above + (features[feature] > edge).cast("int32")
        columns[score] = (above + 1 if higher else 5 - above).cast("int32")
    return features.mutate(**columns)


def rfm_segment(table: ir.Table) -> ir.StringValue:
    """Return the name of the grid's cell of ``r_score`` and ``f_score``; NULL without one."""
    cells = (
        ((table.r_score == r) & (table.f_score == f), name)
        for r, row in GRID.items()
        for f, name in enumerate(row, start=1)
    )
    return ibis.cases(*cells, else_=ibis.null("string"))
