"""What the page tells in words, beside its cards."""

from __future__ import annotations

import pytest

from segdb.report import facts
from segdb.report.formatting import Forms
from segdb.report.published import Published
from tests.report.conftest import Get


@pytest.mark.parametrize(("name", "column"), [("plain", "revenue"), ("attributes", "customers")])
def test_the_foremost_segment_has_most_of_the_revenue_or_else_of_the_customers(
    made: Get, name: str, column: str
) -> None:
    store = made(name).store
    published = Published(store.fetch, "segdb")
    told = facts.facts(published, facts.look(published, "£"), Forms("£"), examples=False)
    row = store.rows(f"FROM segdb.segment_profiles ORDER BY {column} DESC LIMIT 1")[0]
    assert told.foremost is not None
    assert told.foremost.row["segment_id"] == row["segment_id"]
    shares = [(r["customer_share"], r["revenue_share"] or 0)
              for r in store.rows("FROM segdb.segment_profiles")]  # fmt: skip
    assert told.most == max(share for pair in shares for share in pair)
    assert [row["k"] for row in told.tried] == list(range(2, 11))


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
