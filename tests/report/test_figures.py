"""Figures: which charts are shown, how their numbers are written, how they are laid."""

from __future__ import annotations

from typing import Any

import altair as alt
import pyarrow as pa

from segdb.charts.chart import Chart, Drawn, Field, Query, Section
from segdb.charts.drawing import data
from segdb.charts.labels import Look
from segdb.report.figures import figures, rounded
from segdb.report.formatting import Forms
from segdb.report.published import Published

FIELDS = (
    Field("segment", "Segment"),
    Field("customers", "Customers", "customers"),
    Field("revenue", "Revenue", "money"),
)
ROWS = [{"segment": f"S{i}", "customers": 1_000 + i, "revenue": 1 / 3} for i in range(5)]
LOOK = Look((1,), {})


def chart(name: str, section: Section = "data", sql: str = "SELECT 1 FROM segdb.runs",
          **options: Any) -> Chart:  # fmt: skip
    def draw(rows: Any, look: Look) -> Drawn:
        del rows, look
        return alt.Chart(data("rows")).mark_point()

    query = Query("rows", sql, FIELDS, shown=3)
    return Chart(name, "Title", "Caption.", "Description.", section, (query,), draw, **options)


def published() -> Published:
    def ask(sql: str) -> pa.Table:
        if "information_schema" in sql:
            return pa.table({"table_name": ["runs"]})
        return pa.Table.from_pylist(ROWS)

    return Published(ask, "segdb")


def laid(*charts: Chart) -> list[bool]:
    return [figure.wide for figure in figures(published(), LOOK, Forms("£"), charts)]


def test_numbers_are_written_as_the_fields_say_and_cut_with_their_count() -> None:
    found = figures(published(), LOOK, Forms("£"), [chart("one")])[0].numbers[0]
    assert found.cells[1] == ("S1", "1,001", "£0.33")
    assert len(found.cells) == 3
    assert found.rows == 5
    assert found.numeric == (False, True, True)


def test_a_chart_whose_tables_are_not_published_is_left_out() -> None:
    other = chart("other", sql="SELECT 1 FROM segdb.segments")
    assert [
        figure.chart.name for figure in figures(published(), LOOK, Forms(), [other, chart("one")])
    ] == ["one"]


def test_narrow_figures_stand_in_pairs_and_a_lonely_one_is_wide() -> None:
    narrow, wide = chart("narrow"), chart("wide", wide=True)
    assert laid(narrow) == [True]
    assert laid(narrow, narrow) == [False, False]
    assert laid(narrow, narrow, narrow) == [False, False, True]
    assert laid(narrow, wide, narrow, narrow) == [True, True, False, False]
    assert laid(narrow, chart("next", "history")) == [True, True]
    assert laid(narrow, chart("grid", cells=lambda _: (8, 60))) == [True, True]
    assert laid(narrow, chart("facet", panel=200)) == [True, True]


def test_fractions_are_rounded_to_what_a_screen_shows() -> None:
    assert rounded({"a": [1 / 3, 12_345_678.9, 5, "x"]}) == {"a": [0.333333, 12_345_700.0, 5, "x"]}
