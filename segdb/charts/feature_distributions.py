"""How each feature is distributed in each segment: quantile bands."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt

from segdb.charts.chart import Chart, Drawn, Field, Query, Rows
from segdb.charts.drawing import data, in_order, names, of_chosen, panels, si
from segdb.charts.labels import Look
from segdb.charts.theme import INK

BANDS = Query(
    "bands",
    """
SELECT
    dense_rank() OVER (ORDER BY importance DESC NULLS LAST, feature) AS place,
    feature,
    segment_id,
    segment,
    segment_features.customers,
    segment_features.p05,
    segment_features.p25,
    segment_features.median,
    segment_features.p75,
    segment_features.p95
FROM segdb.segment_features
JOIN segdb.segment_profiles USING (segment_id)
JOIN segdb.feature_statistics AS known USING (feature)
WHERE segment_features.customers >= 5
    AND (  -- of yes and no there is no spread: only their variance is mean (1 - mean)
        known.maximum > 1 OR known.minimum < 0
        OR abs(known.sd * known.sd - known.mean * (1 - known.mean)) >= 1e-9
    )
QUALIFY place <= 15
ORDER BY place, segment_id
""",
    (
        Field("place", "Order", "count"),
        Field("feature", "Feature", "feature"),
        Field("segment_id", "Number"),
        Field("segment", "Segment"),
        Field("customers", "Customers who have it", "customers"),
        Field("p05", "5% have less", "number"),
        Field("p25", "A quarter have less", "number"),
        Field("median", "Median", "number"),
        Field("p75", "A quarter have more", "number"),
        Field("p95", "5% have more", "number"),
    ),
    shown=150,
)

# The unit of a long name has a line of its own.
_HEAD = "length(datum.label) > 20 ? split(replace(datum.label, ' (', '\\n('), '\\n') : datum.label"


def draw(rows: Mapping[str, Rows], look: Look) -> Drawn:
    """Draw a panel a feature, and in it a band a segment."""
    segments = len({row["segment_id"] for row in rows["bands"]})
    base = alt.Chart().encode(
        y=alt.Y(
            "segment:N",
            sort=None,
            title=None,
            axis=names(17, labelLimit=112, labelFontSize=11),
        ),
        color=look.colour(),
        opacity=of_chosen(),
    )
    scale = alt.Scale(zero=False, nice=True)
    axis = si(tickCount=4)
    wide = base.mark_rule(strokeWidth=2, aria=False).encode(
        x=alt.X("p05:Q", title=None, scale=scale, axis=axis), x2=alt.X2("p95:Q")
    )
    half = base.mark_bar(height=10, cornerRadius=3).encode(
        x=alt.X("p25:Q"), x2=alt.X2("p75:Q"), tooltip=BANDS.tooltip[1:]
    )
    middle = base.mark_tick(thickness=2.5, size=17, aria=False).encode(
        x=alt.X("median:Q"), color=alt.ColorValue(INK)
    )
    return (
        alt.layer(wide, half, middle)
        .properties(width=190, height=26 * segments)
        .facet(
            data=data("bands"),
            facet=alt.Facet(
                "feature:N", sort=in_order("place"), title=None, header=alt.Header(labelExpr=_HEAD)
            ),
        )
        .properties(**panels(3, between=28, below=68))
        .resolve_scale(x="independent")
    )


CHART = Chart(
    name="feature_distributions",
    title="How each feature is spread",
    caption="The bar holds the middle half of a segment's customers, the line all but the lowest "
    "and highest twentieth, the mark is the median.",
    description="For each feature and segment, the 5th, 25th, 50th, 75th and 95th percentile.",
    section="differences",
    queries=(BANDS,),
    draw=draw,
    panel=250,
    gutter=120,
)
