"""What the cards tell of each segment."""

from __future__ import annotations

from pathlib import Path

import duckdb

import segdb
from segdb.charts.feature_distributions import BANDS
from segdb.engines.duckdb.database import DuckDB
from segdb.report import facts
from segdb.report.cards import Segment, segments
from segdb.report.formatting import Forms
from segdb.report.published import Published
from tests.report.conftest import Get
from tests.report.shop import Shop, make


def told(store: DuckDB, *, examples: bool = False) -> tuple[Segment, ...]:
    published = Published(store.fetch, "segdb")
    forms = Forms("£", facts.last_run(published)[0]["as_of"])
    return segments(published, facts.look(published, "£"), forms, examples=examples)


def test_the_card_of_a_shop_with_orders_tells_recency_frequency_and_money(made: Get) -> None:
    first = told(made("plain").store)[0]
    assert [measure.label for measure in first.measures] == ["Last order", "Frequency", "Monetary"]
    assert " days ago (" in first.measures[0].value
    assert first.measures[1].value.endswith(" orders")
    assert first.measures[2].value.startswith("£")


def test_without_orders_the_card_tells_what_sets_the_segment_apart(made: Get) -> None:
    store = made("attributes").store
    for segment in told(store):
        rows = store.rows(
            "SELECT feature, mean FROM segdb.segment_features WHERE segment_id = "
            f"{segment.row['segment_id']} ORDER BY abs(z) DESC, feature LIMIT 3"
        )
        assert [measure.label for measure in segment.measures] == [r["feature"] for r in rows]
        for measure, row in zip(segment.measures, rows, strict=True):
            # Of a yes or no, the median says nothing.
            if row["feature"] == "Newsletter":
                assert measure.value == f"{row['mean']:.1%}"
    assert any(m.label == "Newsletter" for s in told(store) for m in s.measures)


def test_a_category_that_a_quarter_has_is_a_yes_or_no() -> None:
    people = (
        "SELECT i AS client, 10 * (i % 4) + i % 3 AS income, "
        "['<18', '18-64', '65+', '?'][1 + i % 4] AS age FROM range(400) AS r(i)"
    )
    settings = {
        "columns": {"customer_id": "client"},
        "features": {"attributes": ["income"], "categories": ["age"]},
        "cluster": {"k": 4, "n_init": 1},
    }
    with duckdb.connect() as connection:
        result = segdb.run(customers=people, database=connection, settings=settings)
        names = {name for name in result.model.catalogue.names if name != "income"}
        # Between 0 and 1 lie the quartiles of a category that exactly a quarter has.
        rows = connection.sql("SELECT feature, p75 FROM segdb.feature_statistics").fetchall()
        assert {name for name, p75 in rows if p75 == 0.25} == names
        cards = told(DuckDB(connection))
        rules = [words for card in cards for part in card.rule for words in part]
        assert "Age 65+: yes" in rules
        assert all(words.endswith((": yes", ": no")) for words in rules if "Age" in words)
        published = Published(DuckDB(connection).fetch, "segdb")
        assert {row["feature"] for row in published.of(BANDS)} == {"income"}


def test_typical_customers_only_if_asked_for(made: Get) -> None:
    assert not any(segment.typical for segment in told(made("plain").store))
    assert all(len(s.typical) == 3 for s in told(made("plain").store, examples=True))


def test_what_fewer_than_five_have_is_on_no_card(tmp_path: Path) -> None:
    store = make(tmp_path / "few.duckdb", Shop(customers=300))
    for known, there in ((4, False), (5, True)):
        store.execute(
            f"UPDATE segdb.segment_features SET customers = {known} WHERE feature = 'monetary'"
        )
        labels = {measure.label for one in told(store) for measure in one.measures}
        assert ("Monetary" in labels) == there
    store.close()


def test_the_order_is_of_what_a_customer_brings(tmp_path: Path) -> None:
    store = make(tmp_path / "value.duckdb", Shop(customers=300))
    store.execute("UPDATE segdb.segment_profiles SET revenue = 1000 * segment_id, customers = 10")
    store.execute("UPDATE segdb.segment_profiles SET customers = 1000 WHERE segment_id = 5")
    assert [one.row["segment_id"] for one in told(store)] == [4, 3, 2, 1, 5]
    store.close()
