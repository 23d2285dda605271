"""What was once said of real customers and was not true of them, is not said any more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pandas as pd
import pytest

import segdb
from segdb.api.result import Result
from segdb.demo.complete_journey import settings as demo_settings
from tests.steps.describe.claims import MOST, untrue

SPENDING = ["MntWines", "MntFruits", "MntMeatProducts", "MntFishProducts", "MntSweetProducts",
            "MntGoldProds"]  # fmt: skip


@pytest.fixture(scope="module")
def retail(shared_data: Path) -> Iterator[Result]:
    with duckdb.connect() as connection:
        yield segdb.run(shared_data / "online_retail.parquet", database=connection)


@pytest.fixture(scope="module")
def campaign(shared_data: Path) -> Iterator[Result]:
    settings = {"features": {"value": SPENDING}}
    people = str(shared_data / "marketing_campaign.tsv")
    with duckdb.connect() as connection:
        yield segdb.run(customers=people, database=connection, settings=settings)


def frames(result: Result) -> tuple[pd.DataFrame, pd.DataFrame]:
    profiles = result.table("segment_profiles").to_pandas()
    return result.table("customer_segments").to_pandas(), profiles


def test_online_retail(retail: Result) -> None:
    customers, profiles = frames(retail)
    assert untrue(customers, profiles) == []
    for row in profiles.itertuples():
        members = customers[customers.segment_id == row.segment_id]
        # "They used to buy often" was said of 119 customers with two orders each.
        assert ("used to buy often" in row.action_reason) <= (members.frequency.median() >= 4)
        # "Leave them alone" was said of 908 of whom a quarter came back within ten weeks.
        assert "leave them alone" not in row.action
        # "Orders every 43 days" was said of a segment of which 63 % have one order.
        assert ("rders every" in row.summary) <= ((members.frequency > 1).mean() >= MOST)
    assert not profiles.segment.str.startswith("Lost").any()


def test_online_retail_counts_no_rhythm_in_orders_of_one_day(retail: Result) -> None:
    customers, profiles = frames(retail)
    span = customers.days_between_orders * (customers.frequency - 1)
    parameters = retail.table("feature_parameters").to_pandas().set_index("feature")
    fill = parameters.fill["days_between_orders"]
    gap = customers.days_between_orders.where(span >= 1).fillna(fill).clip(lower=1)
    late = (customers.recency_days > 2 * gap).groupby(customers.segment_id).mean()
    assert profiles.set_index("segment_id").overdue.to_dict() == pytest.approx(late.to_dict())
    assert ((customers.frequency > 1) & (span < 1)).sum() > 60


def test_demo(complete_journey: Path) -> None:
    with duckdb.connect() as connection:
        result = segdb.run(database=connection, settings=demo_settings(complete_journey))
        customers, profiles = frames(result)
    assert untrue(customers, profiles) == []
    by_segment = customers.groupby("segment_id")
    newest = by_segment.tenure_days.median().idxmin()
    names = profiles.set_index("segment_id").segment
    # Households that joined at most 210 days ago were "About to Sleep".
    assert by_segment.tenure_days.max()[newest] <= 210 < by_segment.tenure_days.median().max()
    assert names[newest] == "New"
    # $52 an order, where all have $32, was "near the average in most respects".
    assert not profiles.action_reason.str.contains("near the average").any()
    largest = by_segment.average_order_value.median().idxmax()
    assert "arge" in names[largest]


def test_marketing_campaign(campaign: Result) -> None:
    customers, profiles = frames(campaign)
    worth = customers[SPENDING].sum(axis=1).groupby(customers.segment_id).mean()
    # The most valuable segment spent 953 on average, and the second one 1,368.
    assert worth.is_monotonic_decreasing
    assert worth.index.tolist() == list(range(1, len(worth) + 1))
    assert profiles.set_index("segment_id").value_per_customer.to_dict() == pytest.approx(
        worth.to_dict()
    )
    mean = customers[SPENDING].sum(axis=1).mean()
    for row in profiles.itertuples():
        assert (row.tier == "premium") == (worth[row.segment_id] >= 1.5 * mean)
        assert (row.tier == "low engagement") == (worth[row.segment_id] < mean / 3)
    check_names_of_attributes(customers, profiles)


def test_mall(shared_data: Path) -> None:
    with duckdb.connect() as connection:
        people = str(shared_data / "mall_customers.csv")
        result = segdb.run(customers=people, database=connection)
        customers, profiles = frames(result)
    # Who spent more than others was of "low engagement", being young.
    assert profiles.tier.isna().all()
    assert profiles.customers.is_monotonic_decreasing
    check_names_of_attributes(customers, profiles)
    income, score = customers["Annual Income (k$)"], customers["Spending Score (1-100)"]
    said = 0
    for row in profiles.itertuples():
        own = customers.segment_id == row.segment_id
        if row.action_reason == "They have more than others, and spend more.":
            said += 1
            assert ((income > income.median()) & (score > score.median()))[own].mean() >= MOST
        if row.action_reason == "They have less than others, and spend less.":
            assert ((income < income.median()) & (score < score.median()))[own].mean() >= MOST
    assert said == 1


def check_names_of_attributes(customers: pd.DataFrame, profiles: pd.DataFrame) -> None:
    """Of "High income" two thirds lie above the median, and of "Accepted cmp4 yes" so many did."""
    known = {segdb_words(column): column for column in customers.columns}
    checked = 0
    for row in profiles.itertuples():
        members = customers[customers.segment_id == row.segment_id]
        for words in row.segment.lower().split(", "):
            level, _, feature = words.removeprefix("very ").partition(" ")
            if level in ("high", "low") and feature in known:
                column, all_of_them = members[known[feature]], customers[known[feature]]
                above, below = column > all_of_them.median(), column < all_of_them.median()
                assert (above if level == "high" else below).mean() >= MOST, row.segment
                checked += 1
            flag, _, answer = words.rpartition(" ")
            if answer in ("yes", "no"):
                share = (members[known[flag]] == (answer == "yes")).mean()
                assert share >= MOST, row.segment
                checked += 1
    assert checked >= len(profiles)


def segdb_words(column: str) -> str:
    """Return a column's name as names of segments have it: camel case apart, without brackets."""
    plain = column.partition("(")[0]
    spaced = "".join(
        f" {c}" if c.isupper() and p.islower() else c
        for p, c in zip(" " + plain, plain, strict=False)
    )
    return " ".join(spaced.replace("_", " ").split()).lower()
