"""What a chart declares, and what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import altair as alt

from segdb.charts.chart import Chart, Drawn, Field, Query
from segdb.charts.drawing import data
from segdb.charts.labels import Look

QUERY = Query(
    "rows",
    "WITH own AS (SELECT 1) SELECT feature, n FROM segdb.segments JOIN segdb.runs USING (k), own",
    (Field("feature", "Feature", "feature"), Field("n", "Number", "count")),
)


def draw(rows: Any, look: Look) -> Drawn:
    del look
    assert rows["rows"][0]["feature"] == "Recency (days)"
    return alt.Chart(data("rows")).mark_bar().encode(x="n:Q", tooltip=QUERY.tooltip)


CHART = Chart("name", "Title", "Caption.", "Description.", "data", (QUERY,), draw, panel=200)
LOOK = Look((1,), {"recency_days": "days"})
ROWS = {"rows": [{"feature": "recency_days", "n": 3}]}


def test_a_query_knows_the_published_tables_that_it_reads() -> None:
    assert QUERY.tables == {"segments", "runs"}


def test_features_are_given_to_the_chart_as_people_read_them() -> None:
    spec = CHART.spec(ROWS, LOOK)
    assert spec["datasets"] == {"rows": [{"feature": "Recency (days)", "n": 3}]}
    assert ROWS["rows"][0]["feature"] == "recency_days"


def test_a_facet_says_how_wide_its_panels_are() -> None:
    assert CHART.spec(ROWS, LOOK)["usermeta"]["panel"] == 200


def test_a_grid_says_how_many_cells_it_has_and_what_their_heads_need() -> None:
    grid = replace(CHART, panel=0, cells=lambda _: (3, 80)).spec(ROWS, LOOK)
    assert grid["usermeta"] == {"cells": 3, "head": 80, "least": [316, 246]}
    assert {"name": "slanted", "value": False} in grid["params"]


def test_a_chart_without_rows_is_not_shown() -> None:
    assert CHART.shown(ROWS)
    assert not CHART.shown({"rows": []})


def test_numbers_in_tooltips_have_a_format_and_words_have_none() -> None:
    words, number = (str(tooltip.to_dict()) for tooltip in QUERY.tooltip)
    assert "'format'" not in words
    assert "'format': ','" in number
