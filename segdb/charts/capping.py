"""How each feature is distributed, as it was measured and as K-Means saw it."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt

from segdb.charts.chart import Chart, Drawn, Field, Query, Rows
from segdb.charts.drawing import data, in_order, panels, si
from segdb.charts.labels import Look
from segdb.charts.theme import ACCENT

BINS = Query(
    "bins",
    """
WITH bins AS (
    SELECT
        dense_rank() OVER (ORDER BY importance DESC NULLS LAST, feature) AS place,
        feature,
        stage,
        bin,
        histograms."lower",
        histograms."upper",
        histograms.customers
    FROM segdb.feature_histograms AS histograms
    JOIN segdb.feature_statistics AS known USING (feature)
    WHERE known.maximum > 1 OR known.minimum < 0 OR NOT (  -- of yes and no there is no shape
        p05 IN (0, 1) AND p25 IN (0, 1) AND median IN (0, 1) AND p75 IN (0, 1) AND p95 IN (0, 1)
    )
    QUALIFY place <= 15
),
islands AS (  -- neighbouring bins of fewer than 5 customers become one
    SELECT
        *,
        CASE WHEN customers < 5 THEN bin - row_number() OVER (
            PARTITION BY feature, stage, customers < 5 ORDER BY bin
        ) END AS island
    FROM bins
    WHERE customers > 0
)
SELECT
    2 * place + if(stage = 'after', 1, 0) AS place,
    feature,
    stage,
    min("lower") AS "from",
    max("upper") AS "to",
    sum(customers)::BIGINT AS customers,
    sum(customers) / (max(bin) - min(bin) + 1) AS a_bin
FROM islands
GROUP BY place, feature, stage, island, if(island IS NULL, bin, NULL)
HAVING sum(customers) >= 5
ORDER BY place, "from"
""",
    (
        Field("place", "Order", "count"),
        Field("feature", "Feature", "feature"),
        Field("stage", "Stage"),
        Field("from", "From", "number"),
        Field("to", "To", "number"),
        Field("customers", "Customers", "customers"),
        Field("a_bin", "Customers a bin", "number"),
    ),
    shown=60,
)

# The unit of a long name has a line of its own.
_HEAD = (
    "split(length(split(datum.label, '\\n')[0]) > 20 "
    "? replace(datum.label, ' (', '\\n(') : datum.label, '\\n')"
)


def draw(rows: Mapping[str, Rows], look: Look) -> Drawn:  # noqa: ARG001
    """Draw a panel a feature and stage."""
    return (
        alt.Chart()
        .mark_rect(color=ACCENT, opacity=0.85, aria=False, stroke="var(--surface)", strokeWidth=0.5)
        .encode(
            x=alt.X(
                "from:Q",
                title=None,
                scale=alt.Scale(zero=False, nice=False),
                axis=si(tickCount=4, grid=False),
            ),
            x2=alt.X2("to:Q"),
            y=alt.Y("a_bin:Q", title=None, axis=si(tickCount=3)),
            y2=alt.Y2("zero:Q"),
            tooltip=BINS.tooltip[1:6],
        )
        .transform_calculate(
            panel="datum.feature + '\\n' + "
            "(datum.stage == 'after' ? 'filled and capped' : 'as read')",
            zero="0",
        )
        .properties(width=200, height=90)
        .facet(
            data=data("bins"),
            facet=alt.Facet(
                "panel:N",
                sort=in_order("place"),
                title=None,
                header=alt.Header(labelExpr=_HEAD, labelFontSize=12, labelLineHeight=15),
            ),
        )
        .properties(**panels(4, below=72))
        .resolve_scale(x="independent", y="independent")
    )


CHART = Chart(
    name="capping",
    title="Features before and after capping",
    caption="Customers by the value of each feature: as read, and with gaps filled and the few "
    "extreme values moved to a bound, so that they do not pull the centres. Neighbouring bars of "
    "fewer than 5 customers are drawn as one.",
    description="Histograms of each feature over all customers, as read, and filled and capped.",
    section="data",
    queries=(BINS,),
    draw=draw,
    panel=215,
    even=True,
)
