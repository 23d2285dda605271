"""A report on real data: no customer on it, and no group of fewer than five."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import segdb
from segdb.charts import CHARTS
from segdb.config.settings import Settings, parse
from segdb.demo import complete_journey as journey
from segdb.engines.duckdb.database import DuckDB
from segdb.report.page import render
from tests.report.test_page import Reader, find, text


@pytest.fixture(scope="module")
def published(
    complete_journey: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[DuckDB, Settings]]:
    """Two runs of the Complete Journey, with ids that no number of the page can be taken for."""
    path = tmp_path_factory.mktemp("real") / "journey.duckdb"
    values = journey.settings(complete_journey)
    for name in ("orders", "customers"):
        values["source"][name] = (
            "SELECT * REPLACE ('household-' || household_id AS household_id) "
            f"FROM ({values['source'][name]})"
        )
    values |= {"cluster": {"k": 5, "n_init": 1}, "clean": {"duplicates": "keep"}}
    settings = parse(values)
    for as_of in ("2017-11-01", "2018-01-02"):
        orders = (
            f"SELECT * FROM ({values['source']['orders']}) "
            f"WHERE transaction_timestamp < TIMESTAMP '{as_of}'"
        )
        segdb.run(orders, settings=settings, database=path).close()
    store = DuckDB.open(path)
    yield store, settings
    store.close()


def test_no_customer_is_on_the_page_unless_the_settings_ask(
    published: tuple[DuckDB, Settings],
) -> None:
    store, settings = published
    page = render(store.fetch, settings)
    assert not re.search(r"household-\d", page)
    assert len(page.encode()) < 1_500_000
    report = settings.report.model_copy(update={"examples": True})
    shown = set(re.findall(r"household-\d+", render(store.fetch, settings.changed(
        {"report": report.model_dump()}
    ))))  # fmt: skip
    typical = {r["customer_id"] for r in store.rows("FROM segdb.typical_customers")}
    assert shown == typical


def test_no_group_of_fewer_than_five_is_on_the_page(published: tuple[DuckDB, Settings]) -> None:
    store, settings = published
    # Two thirds of the households told nothing of themselves: here are groups of a few.
    assert store.rows("FROM segdb.segment_features WHERE customers BETWEEN 1 AND 4")
    tree = Reader(render(store.fetch, settings)).root
    counted = 0
    for figure in find(tree, "figure"):
        chart = CHARTS[figure[1]["id"].removeprefix("chart-")]
        shown = [query for query in chart.queries if store.rows(query.sql)]
        for query, table in zip(shown, find(figure, "table"), strict=True):
            rows = store.rows(query.sql)
            for field in (field for field in query.fields if field.form == "customers"):
                assert min(row[field.name] for row in rows) >= 5, f"{chart.name} {query.name}"
                counted += len(rows)
                at = query.fields.index(field)
                for line in find(table, "tr")[1:]:
                    assert int(text(find(line, "td")[at]).replace(",", "")) >= 5
    assert counted > 500


def test_what_few_told_is_not_in_words_either(published: tuple[DuckDB, Settings]) -> None:
    store, _ = published
    few = store.rows(
        "SELECT segment_id, feature FROM segdb.segment_features WHERE customers BETWEEN 1 AND 4"
    )
    for row in few:
        told = store.rows(
            f"SELECT summary FROM segdb.segment_profiles WHERE segment_id = {row['segment_id']}"
        )[0]["summary"]
        assert row["feature"].replace("_", " ") not in told.lower()
