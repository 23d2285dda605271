"""Whatever the shop is like, each sentence is true of two thirds of the members, or not there."""

from __future__ import annotations

import re
from collections.abc import Iterator

import duckdb
import pytest

import segdb
from segdb.api.result import Result
from segdb.config.playbook import load
from tests.steps.describe.claims import CLAIMS, untrue

# Each is drawn from DuckDB's hash: one row an order, of customer c and order n.
_DRAW = "(hash(c * 7919 + n * 104729 + {salt}) % 10000 / 10000.0)"
SHOPS = {
    # Yearly givers, a third of whom stopped years ago; last gifts three years back are common.
    "donors": """
        SELECT c, TIMESTAMP '2024-12-20' - to_days((365 * n + 900 * (c % 3) + 40 * {a})::INTEGER),
            20 + 180 * (c % 7) * {b}
        FROM range(600) t(c), range(9) o(n) WHERE n <= 1 + c % 6
    """,
    # Everybody orders once.
    "one order": """
        SELECT c, TIMESTAMP '2024-12-20' - to_days((500 * {a})::INTEGER), 5 + 90 * {b}
        FROM range(700) t(c), range(1) o(n)
    """,
    # Monthly, and each stays for a while.
    "subscriptions": """
        SELECT c, TIMESTAMP '2024-12-20' - to_days((30 * n + (c % 5) * 70 + 2 * {a})::INTEGER),
            9.99 + (c % 3) * 10
        FROM range(600) t(c), range(30) o(n) WHERE n <= c % 24
    """,
    # All orders fall into the weeks before Christmas, and it is autumn again.
    "season": """
        SELECT c, TIMESTAMP '2024-12-24' - to_days((365 * (n + c % 3) + 30 * {a})::INTEGER),
            15 + 100 * {b}
        FROM range(700) t(c), range(4) o(n) WHERE n <= c % 4
    """,
    # Two orders of one evening, or of two evenings: a gap that is no rhythm.
    "same day": """
        SELECT c, TIMESTAMP '2024-12-20' - to_days((1 + 300 * (hash(c) % 997 / 997.0))::INTEGER)
            - to_hours(((CASE WHEN c % 4 = 0 THEN 3 ELSE 1500 END) * n * (0.5 + {a}))::INTEGER),
            10 + 200 * {b}
        FROM range(800) t(c), range(6) o(n) WHERE n <= c % 5
    """,
    # Most of what is bought comes back.
    "returns": """
        SELECT c, TIMESTAMP '2024-12-20' - to_days((400 * {a})::INTEGER),
            CASE WHEN c % 3 = 0 AND n % 2 = 1 THEN -60 * {b} - 10 ELSE 5 + 60 * {b} END
        FROM range(700) t(c), range(8) o(n) WHERE n <= 1 + c % 7
    """,
    # A grocer: everybody comes every few days, but the newest and the lapsed.
    "grocer": """
        SELECT c, TIMESTAMP '2024-12-20' - to_days((CASE WHEN c % 9 = 0 THEN 40 + n * 20
            ELSE (c % 5) + n * (2 + c % 4) END + 2 * {a})::INTEGER), 3 + (10 + 30 * (c % 4)) * {b}
        FROM range(500) t(c), range(60) o(n)
        WHERE n <= CASE WHEN c % 10 = 1 THEN 3 WHEN c % 9 = 0 THEN 9 ELSE 25 + c % 35 END
    """,
    # Few orders a customer, and large ones: furniture.
    "furniture": """
        SELECT c, TIMESTAMP '2024-12-20' - to_days((1400 * {a})::INTEGER),
            80 + 3000 * power({b}, 4)
        FROM range(700) t(c), range(4) o(n) WHERE n <= (hash(c) % 10) // 7 + (c % 11) // 10
    """,
}


def made(name: str) -> str:
    return SHOPS[name].format(a=_DRAW.format(salt=1), b=_DRAW.format(salt=2))


@pytest.fixture(scope="module", params=sorted(SHOPS))
def shop(request: pytest.FixtureRequest) -> Iterator[Result]:
    with duckdb.connect() as connection:
        columns = "AS t(customer_id, ordered_at, amount)"
        connection.execute(
            f"CREATE TABLE shop AS SELECT * FROM ({made(request.param)}) {columns}"
        ).fetchall()
        quick = {"n_init": 1, "k": 6}
        autumn = "2025-10-10T00:00:00" if request.param == "season" else "2024-12-25T00:00:00"
        unmeasured = {"backtest": {"every_run": False}, "value": {"model": "none"}}
        settings = {"cluster": quick, "as_of": autumn, **unmeasured}
        yield segdb.run("shop", database=connection, settings=settings)


def test_what_is_said_is_true(shop: Result) -> None:
    customers = shop.table("customer_segments").to_pandas()
    profiles = shop.table("segment_profiles").to_pandas()
    assert untrue(customers, profiles) == []
    assert profiles.segment.is_unique


def test_value_orders_the_segments_and_makes_the_tiers(shop: Result) -> None:
    customers = shop.table("customer_segments").to_pandas()
    worth = customers.groupby("segment_id").monetary.mean()
    assert list(worth.sort_values(ascending=False).index) == list(range(1, len(worth) + 1))
    for row in shop.segments:
        own, of_all = worth[row["segment_id"]], customers.monetary.mean()
        assert row["value_per_customer"] == pytest.approx(own)
        assert (row["tier"] == "premium") == (own >= 1.5 * of_all)
        if row["tier"] == "low engagement":
            members = customers[customers.segment_id == row["segment_id"]]
            assert own < of_all / 3
            assert members.frequency.mean() < customers.frequency.mean()


def test_without_a_measurement_no_churn_is_claimed(shop: Result) -> None:
    for row in shop.segments:
        assert {row[name] for name in row if name.startswith("churn")} == {None}


def test_the_checker_finds_what_is_not_true(shop: Result) -> None:
    customers = shop.table("customer_segments").to_pandas()
    profiles = shop.table("segment_profiles").to_pandas()
    customers["recency_days"] += 2000
    customers["tenure_days"] += 2000
    lately = [text for text in CLAIMS if re.search("lately|keep coming|not long ago", text)]
    profiles["action_reason"] = lately[0]
    profiles["summary"] = "Median values: spends 123456789 (all customers: 3)."
    wrong = untrue(customers, profiles)
    assert len(wrong) == 3 * len(profiles)


def test_every_sentence_of_the_playbook_is_checked() -> None:
    playbook = load()
    assert set(CLAIMS) == {p.reason for p in (*playbook.personas, playbook.otherwise)}
    assert all(persona.when for persona in playbook.personas)
