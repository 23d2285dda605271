"""Words have natural units, one statistic, and read as a person would say them."""

from __future__ import annotations

import pytest

from segdb.steps.describe.profile import AllCustomers, Profile
from segdb.steps.describe.summary_text import names_of_flags, phrase, summary
from segdb.steps.describe.wording import readable


@pytest.mark.parametrize(
    ("name", "own", "usual", "words"),
    [
        ("recency_days", 9.2, 92.0, "last order 9 days ago (all customers: 92 days)"),
        ("recency_days", 0.3, 1.2, "last order less than a day ago (all customers: 1 day)"),
        ("tenure_days", 1_204.6, 92.0, "first order 1,205 days ago (all customers: 92 days)"),
        ("recency_days", 1.04, 92.0, "last order 1 day ago (all customers: 92 days)"),
        ("frequency", 12.6, 3.0, "13 orders (all customers: 3 orders)"),
        ("frequency", 1.0, 4.0, "1 order (all customers: 4 orders)"),
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
def test_phrases_have_natural_units(name: str, own: float, usual: float, words: str) -> None:
    assert phrase(name, own, usual) == words


def test_a_currency_is_the_reports_and_not_the_tables() -> None:
    assert phrase("monetary", -0.001, -54.2) == "spends 0.00 (all customers: -54.20)"


@pytest.mark.parametrize("name", ["Income {EUR}", "{", "{0}", "%s", "{mean}"])
def test_a_name_is_no_format_string(name: str) -> None:
    assert phrase(name, 3.0, 2.0) == f"{name.lower()} 3 (all customers: 2)"


def segment(z: dict[str, float], medians: dict[str, float], means: dict[str, float]) -> Profile:
    return Profile(means, z, quartiles={name: (0.0, m, 0.0) for name, m in medians.items()})


def customers(medians: dict[str, float], means: dict[str, float] | None = None) -> AllCustomers:
    return AllCustomers(means or medians, medians, list(medians))


def test_a_summary_has_medians_and_says_so() -> None:
    own = {"recency_days": 9.0, "monetary": 300.0}
    text = summary(
        segment({"recency_days": -0.5, "monetary": 2.0}, own, own),
        customers({"recency_days": 92.0, "monetary": 100.0}),
    )
    assert text == (
        "Median values: spends 300 (all customers: 100); "
        "last order 9 days ago (all customers: 92 days)."
    )


def test_a_mean_that_differs_much_stands_beside_the_median() -> None:
    text = summary(
        segment({"monetary": 2.0}, {"monetary": 300.0}, {"monetary": 900.0}),
        customers({"monetary": 100.0}, {"monetary": 140.0}),
    )
    assert text == "Median values: spends 300, mean 900 (all customers: 100, mean 140)."


def test_what_a_third_lacks_is_not_said() -> None:
    text = summary(segment({"days_between_orders": 2.0}, {}, {"days_between_orders": 9.0}), customers({"days_between_orders": 4.0}))  # fmt: skip  # noqa: E501
    assert text == "On average like all customers."


def test_of_yes_and_no_it_is_the_share() -> None:
    means = {"Complain": 0.1, "Gender_Male": 0.44, "Age": 39.0}
    all_of_them = AllCustomers(
        means, {"Age": 36.0}, [], {"Gender_Male": ("Gender", "Male")}, frozenset({"Complain"})
    )
    own = {"Complain": 0.5, "Gender_Male": 0.9, "Age": 27.4}
    profile = segment({"Complain": 3.0, "Gender_Male": 0.9, "Age": -0.9}, {"Age": 27.0}, own)
    assert summary(profile, all_of_them) == (
        "Median values: age 27 (all customers: 36). "
        "Shares: 50% complain (all customers: 10%); 90% gender Male (all customers: 44%)."
    )


def test_two_medians_that_are_written_alike_are_no_difference() -> None:
    own = {"days_between_orders": 30.2, "recency_days": 263.0}
    text = summary(
        segment({"days_between_orders": -2.0, "recency_days": 1.0}, own, own),
        customers({"days_between_orders": 30.4, "recency_days": 148.0}),
    )
    assert text == "Median values: last order 263 days ago (all customers: 148 days)."


def test_flags_are_what_is_0_or_1() -> None:
    row = {
        "minimum_0": 0.0, "maximum_0": 1.0, "mean_0": 0.2, "sd_0": 0.4,
        "minimum_1": 0.0, "maximum_1": 1.0, "mean_1": 0.5, "sd_1": 0.3,
        "minimum_2": 0.0, "maximum_2": 2.0, "mean_2": 0.2, "sd_2": 0.4,
        "minimum_3": None, "maximum_3": None, "mean_3": None, "sd_3": None,
    }  # fmt: skip
    assert names_of_flags(["yes or no", "share", "kids", "nothing"], row) == {"yes or no"}


@pytest.mark.parametrize(
    ("feature", "words"),
    [("days_between_orders", "days between orders"), ("MntWines", "mnt wines"), ("(x)", "(x)")],
)
def test_readable(feature: str, words: str) -> None:
    assert readable(feature) == words
