"""Charts: one a file, listed here in the order of the page."""

from __future__ import annotations

from collections.abc import Mapping

from segdb.charts import (
    calibration,
    capping,
    correlations,
    criteria,
    customers_and_revenue,
    elbow,
    expected_revenue,
    feature_distributions,
    importance,
    map_components,
    map_rfm,
    map_space,
    margins,
    migrations,
    missing_values,
    outcomes,
    quality_by_segment,
    revenue_concentration,
    rfm_grid,
    rows_waterfall,
    runs_over_time,
    separation,
    size_balance,
    sizes_over_time,
    what_differs,
)
from segdb.charts.chart import Chart

CHARTS: Mapping[str, Chart] = {
    module.CHART.name: module.CHART
    for module in (
        customers_and_revenue,
        size_balance,
        revenue_concentration,
        outcomes,
        expected_revenue,
        calibration,
        what_differs,
        feature_distributions,
        importance,
        map_components,
        map_rfm,
        map_space,
        elbow,
        criteria,
        quality_by_segment,
        separation,
        margins,
        rfm_grid,
        rows_waterfall,
        capping,
        correlations,
        missing_values,
        sizes_over_time,
        migrations,
        runs_over_time,
    )
}
