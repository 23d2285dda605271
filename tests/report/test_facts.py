"""What the page tells in words."""

from __future__ import annotations

import pyarrow as pa
import pytest

from segdb.report import facts
from segdb.report.forms import Forms
from segdb.report.published import Published
from segdb.store.duckdb import DuckDB
from tests.report.conftest import Made

RUN = {"customers": 100, "k": 4, "silhouette": 0.40}


@pytest.fixture
def store(made: object) -> DuckDB:
    assert callable(made)
    one = made("plain")
    assert isinstance(one, Made)
    return one.store


def told(store: DuckDB, *, examples: bool = False) -> facts.Facts:
    published = Published(store.fetch, "segdb")
    forms = Forms("£", facts.last_run(published)[0]["as_of"])
    return facts.facts(published, facts.look(published, "£"), forms, examples=examples)


def test_the_card_of_a_shop_with_orders_tells_recency_frequency_and_money(store: DuckDB) -> None:
    first = told(store).segments[0]
    labels = [measure.label for measure in first.measures]
    assert labels == ["Last order, median", "Frequency, median", "Monetary, median"]
    assert " days ago (" in first.measures[0].value
    assert first.measures[1].value.endswith(" orders")
    assert first.measures[2].value.startswith("£")


def test_typical_customers_only_if_asked_for(store: DuckDB) -> None:
    assert not any(segment.typical for segment in told(store).segments)
    assert all(len(s.typical) == 3 for s in told(store, examples=True).segments)


def test_settings_are_told_by_key_without_what_is_empty_or_long() -> None:
    values = {
        "as_of": None,
        "source": {"orders": "orders.csv", "customers": None},
        "features": {"use": ["frequency"], "sql": {}},
        "inferred": {"orders": {"columns": [{"name": "a"}], "roles": {"amount": "price"}}},
    }
    assert dict(facts._settings(facts._as_inferred(values))) == {
        "source.orders": "orders.csv",
        "features.use": '["frequency"]',
        "taken.orders.amount": "price",
    }


def test_changes_since_the_run_before() -> None:
    nothing = Published(lambda _: pa.table({"table_name": pa.array([], pa.string())}), "segdb")

    def changes(**now: float) -> tuple[str, ...]:
        return facts._changes({**RUN, **now}, RUN, nothing, Forms())

    assert changes() == ("nothing that shows in the figures",)
    assert changes(customers=110) == ("10 customers more (+10.0%)",)
    assert changes(customers=90) == ("10 customers fewer (-10.0%)",)
    assert changes(k=5) == ("5 segments instead of 4",)
    assert changes(silhouette=0.38) == ("the silhouette went down by 0.02",)
    assert changes(silhouette=0.405) == ("nothing that shows in the figures",)
