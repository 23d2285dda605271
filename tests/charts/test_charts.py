"""Every chart of the registry, one by one: a new file is held by these tests of itself."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import vl_convert

import segdb.charts
from segdb.charts import CHARTS
from segdb.charts.chart import Chart, Query
from segdb.charts.labels import Look
from segdb.charts.theme import VEGA_LITE
from segdb.engines.duckdb.database import DuckDB
from segdb.report.page import SECTIONS
from segdb.report.published import Published

EVERY = pytest.mark.parametrize("chart", CHARTS.values(), ids=list(CHARTS))
QUERIES = [(chart, query) for chart in CHARTS.values() for query in chart.queries]
EVERY_QUERY = pytest.mark.parametrize(
    ("chart", "query"), QUERIES, ids=[f"{c.name}-{q.name}" for c, q in QUERIES]
)
# Below them Vega keeps expressions; elsewhere names are texts that it only shows.
EXPRESSIONS = {"expr", "signal", "test", "update", "calculate", "filter", "init"}
# Fewer marks than this turn smoothly and keep the page small, whatever the number of customers.
MOST_ROWS = 3_500


def test_every_file_with_a_chart_is_listed() -> None:
    folder = Path(segdb.charts.__file__).parent
    written = {path.stem for path in folder.glob("*.py") if "\nCHART = " in path.read_text("utf-8")}
    assert written == set(CHARTS)


def test_charts_of_a_section_stand_together_in_the_order_of_the_page() -> None:
    found = list(dict.fromkeys(chart.section for chart in CHARTS.values()))
    places = [[section.name for section in SECTIONS].index(name) for name in found]
    assert places == sorted(places)


@EVERY
def test_says_what_it_shows(chart: Chart) -> None:
    assert chart.title
    assert chart.caption.endswith(".")
    assert chart.description.endswith(".")


@EVERY_QUERY
def test_sql_runs_as_it_stands(hostile_store: DuckDB, chart: Chart, query: Query) -> None:
    del chart
    table = hostile_store.fetch(query.sql)
    assert table.column_names == [field.name for field in query.fields]
    assert 0 < table.num_rows <= MOST_ROWS


@EVERY_QUERY
def test_sql_gives_the_same_in_another_schema(
    in_two_schemas: tuple[Published, Published], chart: Chart, query: Query
) -> None:
    del chart
    one, other = in_two_schemas
    assert _close(one.of(query)) == _close(other.of(query))


@EVERY_QUERY
def test_sql_yields_no_customer_and_no_small_cell(
    hostile_store: DuckDB, chart: Chart, query: Query
) -> None:
    del chart
    rows = hostile_store.rows(query.sql)
    assert "customer_id" not in {field.name for field in query.fields}
    assert "customer 1" not in json.dumps(rows, default=str)
    counts = [
        row[field.name] for field in query.fields if field.form == "customers" for row in rows
    ]
    assert all(count >= 5 for count in counts)


@EVERY_QUERY
def test_sql_gives_its_rows_in_one_order(hostile_store: DuckDB, chart: Chart, query: Query) -> None:
    del chart
    hostile_store.execute("SET threads = 1")
    once = hostile_store.rows(query.sql)
    hostile_store.execute("SET threads = 2")
    assert _close(hostile_store.rows(query.sql)) == _close(once)


@pytest.mark.parametrize(
    ("name", "query"), [("map_components", 0), ("map_rfm", 0), ("map_space", 0), ("map_space", 1)]
)
def test_nearly_every_customer_is_on_the_maps(hostile_store: DuckDB, name: str, query: int) -> None:
    everyone = hostile_store.rows("SELECT count(*) AS n FROM segdb.segments")[0]["n"]
    counts: dict[str, int] = {}
    for row in hostile_store.rows(CHARTS[name].queries[query].sql):
        axes = row.get("axes", "")
        counts[axes] = counts.get(axes, 0) + row["customers"]
    assert len(counts) == (1 if name == "map_space" else 3)
    # Beside them are those in groups of fewer than five, pooled with their neighbours or not.
    assert all(0.9 * everyone < count <= everyone for count in counts.values()), counts


@EVERY
def test_spec_is_valid(chart: Chart, hostile: Published, hostile_look: Look) -> None:
    rows = {query.name: hostile.of(query) for query in chart.queries}
    drawn = chart.draw(rows, hostile_look)
    # Altair holds it against the schema of Vega-Lite.
    assert drawn.to_dict(validate=True)["$schema"].endswith(".json")


@EVERY
def test_spec_holds_its_rows_once(chart: Chart, hostile: Published, hostile_look: Look) -> None:
    rows = {query.name: hostile.of(query) for query in chart.queries}
    spec = chart.spec(rows, hostile_look)
    first = chart.queries[0]
    assert len(spec["datasets"][first.name]) == len(rows[first.name])
    assert {"name": "chosen", "value": 0} in spec["params"]
    assert "config" not in spec


@EVERY
def test_no_name_of_the_data_is_in_an_expression(
    chart: Chart, hostile: Published, hostile_look: Look
) -> None:
    rows = {query.name: hostile.of(query) for query in chart.queries}
    spec = chart.spec(rows, hostile_look)
    vega = vl_convert.vegalite_to_vega(spec, vl_version=VEGA_LITE)
    found = list(_expressions(vega))
    assert found
    for marker in ("hacked", "alert", "7*7", "apostrophes", "long long", "شرائح", "bold", "cmd"):
        assert not [text for text in found if marker in text]


@EVERY
def test_marks_that_belong_to_a_segment_fade_when_another_is_chosen(
    chart: Chart, hostile: Published, hostile_look: Look
) -> None:
    rows = {query.name: hostile.of(query) for query in chart.queries}
    text = json.dumps(chart.spec(rows, hostile_look)["datasets"], default=str)
    spec = chart.draw(rows, hostile_look).to_dict(validate=False)
    if '"segment_id"' in text:
        assert "datum.segment_id == chosen" in json.dumps(spec)


def _expressions(value: Any, within: bool = False) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            if key != "values":
                yield from _expressions(part, within or key in EXPRESSIONS)
    elif isinstance(value, list):
        for part in value:
            yield from _expressions(part, within)
    elif within and isinstance(value, str):
        yield value


def _close(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {k: float(f"{v:.9g}") if isinstance(v, float) else v for k, v in row.items()}
        for row in rows
    ]
