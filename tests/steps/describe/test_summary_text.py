"""Words have natural units, right numbers, and read as a person would say them."""

from __future__ import annotations

import pytest

from segdb.steps.describe.summary_text import phrase, readable, summary


@pytest.mark.parametrize(
    ("name", "mean", "average", "told"),
    [
        ("recency_days", 9.2, 92.0, "last order 9 days ago (all customers: 92 days)"),
        ("recency_days", 0.3, 1.2, "last order less than a day ago (all customers: 1 day)"),
        ("tenure_days", 1_204.6, 92.0, "first order 1,205 days ago (all customers: 92 days)"),
        ("recency_days", 1.04, 92.0, "last order 1 day ago (all customers: 92 days)"),
        (
            "frequency",
            12.6,
            3.0,
            "orders 4.2 times as often as the average customer (13 orders each)",
        ),
        ("frequency", 1.0, 4.0, "orders 75% less often than the average customer (1 order each)"),
        ("frequency", 4.1, 4.0, "orders as often as the average customer (4.1 orders each)"),
        (
            "frequency",
            4.4,
            4.0,
            "orders 10% more often than the average customer (4.4 orders each)",
        ),
        (
            "frequency",
            3.6,
            4.0,
            "orders 10% less often than the average customer (3.6 orders each)",
        ),
        (
            "frequency",
            1.0,
            40.0,
            "orders hardly ever compared with the average customer (1 order each)",
        ),
        ("monetary", 6745.25, 2054.2, "spends 6,745 (all customers: 2,054)"),
        ("monetary", -45.5, 2054.2, "spends -45.50 (all customers: 2,054)"),
        ("days_between_orders", 1.0, 7.0, "orders every day (all customers: 7 days)"),
        ("days_between_orders", 17.2, 114.0, "orders every 17 days (all customers: 114 days)"),
        ("items_per_order", 1.0, 2.5, "1 item an order (all customers: 2.5 items)"),
        ("categories", 1.0, 6.0, "buys from 1 category (all customers: 6 categories)"),
        ("active_months", 11.4, 1.0, "active in 11 months (all customers: 1 month)"),
        ("return_rate", 0.25, 0.05, "returns 25% of what it buys (all customers: 5%)"),
        ("Annual Income (k$)", 82.7, 60.6, "annual income 82.7 (all customers: 60.6)"),
    ],
)
def test_phrases_have_natural_units(name: str, mean: float, average: float, told: str) -> None:
    assert phrase(name, mean, average) == told


def test_a_currency_is_the_reports_and_not_the_tables() -> None:
    assert phrase("monetary", -0.001, -54.2) == "spends 0.00 (all customers: -54.20)"


def test_a_summary_begins_with_what_is_most_remarkable() -> None:
    means, z = {"recency_days": 9.0, "monetary": 300.0}, {"recency_days": -0.5, "monetary": 2.0}
    text = summary(means, z, {"recency_days": 92.0, "monetary": 100.0}, {})
    assert text.startswith("Spends 300")
    assert text.index("Spends") < text.index("last order")


def test_two_means_that_are_written_alike_are_no_difference() -> None:
    means = {"days_between_orders": 30.2, "recency_days": 263.0}
    z = {"days_between_orders": -2.0, "recency_days": 1.0}
    usual = {"days_between_orders": 30.4, "recency_days": 148.0}
    assert summary(means, z, usual, {}) == ("Last order 263 days ago (all customers: 148 days).")


def test_a_summary_of_an_average_segment() -> None:
    assert (
        summary({"a": 1.0}, {"a": 0.1}, {"a": 1.0}, {})
        == "Close to the average customer in everything."
    )


@pytest.mark.parametrize(
    ("feature", "words"),
    [("days_between_orders", "days between orders"), ("MntWines", "mnt wines"), ("(x)", "(x)")],
)
def test_readable(feature: str, words: str) -> None:
    assert readable(feature) == words


@pytest.mark.parametrize("name", ["Income {EUR}", "{", "{0}", "%s", "{mean}"])
def test_a_name_is_no_format_string(name: str) -> None:
    assert phrase(name, 3.0, 2.0) == f"{name.lower()} 3 (all customers: 2)"
