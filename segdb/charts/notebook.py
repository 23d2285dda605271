"""A chart of the report as an Altair chart that stands alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt

from segdb.charts import theme
from segdb.charts.chart import Chart


def as_altair(chart: Chart, spec: Mapping[str, Any]) -> alt.TopLevelMixin:
    """Return the chart with its title, light colours, and its rows in it.

    Args:
        chart: its declaration.
        spec: its Vega-Lite spec, as the report packs it.
    """
    whole = {**theme.concrete(spec), "title": chart.title}
    drawn: alt.TopLevelMixin = alt.Chart.from_dict(whole)
    return drawn
