"""The features of a run: which are taken, how they are called, what is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segdb import contract
from segdb.errors import SettingsError
from segdb.features.basket import BASKET
from segdb.features.behaviour import BEHAVIOUR
from segdb.features.catalogue import (
    DEFAULT,
    MOST_VALUES,
    REGISTRY,
    RESERVED,
    Catalogue,
    Entry,
    customer_entries,
    order_entries,
)
from segdb.source_schema import Reading

READING = Reading((), {"customer_id": "id", "ordered_at": "t", "amount": "a"})


def names(entries: tuple[Entry, ...]) -> list[str]:
    return [entry.name for entry in entries]


def test_the_registry_holds_every_declared_feature() -> None:
    assert list(REGISTRY.values()) == [*BEHAVIOUR, *BASKET]
    assert len(REGISTRY) == len(BEHAVIOUR) + len(BASKET)


def test_the_default_needs_no_more_than_three_roles() -> None:
    assert DEFAULT == (
        "recency_days",
        "frequency",
        "monetary",
        "tenure_days",
        "average_order_value",
        "days_between_orders",
    )
    assert names(order_entries(None, {}, READING)) == list(DEFAULT)


def test_what_is_named_is_taken_in_its_order_once() -> None:
    own = {"variety": "count(DISTINCT s)"}
    entries = order_entries(("monetary", "frequency", "monetary"), own, READING)
    assert names(entries) == ["monetary", "frequency", "variety"]
    assert [entry.kind for entry in entries] == ["orders", "orders", "sql"]
    assert order_entries((), {}, READING) == ()


def test_a_feature_that_does_not_exist_names_the_nearest() -> None:
    with pytest.raises(SettingsError, match=r"no feature 'recency'.*'recency_days'"):
        order_entries(("recency",), {}, READING)


@pytest.mark.parametrize("name", [f.name for f in REGISTRY.values() if f.roles])
def test_a_feature_whose_role_has_no_column_says_which(name: str) -> None:
    with pytest.raises(SettingsError, match=r"needs a column for .*\[columns\]") as caught:
        order_entries((name,), {}, READING)
    for role in REGISTRY[name].roles:
        assert role in str(caught.value)


@pytest.mark.parametrize(
    "name",
    [
        *(column.name for table in contract.TABLES if table.features for column in table.columns),
        *("x_anything", "X_A", "square_0", "mean_3", "Nearest", "Customer_ID", "pc1"),
        *("frequency", "MONETARY"),
    ],
)
def test_a_name_that_is_taken_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match="the name is taken"):
        order_entries(None, {name: "count(*)"}, READING)


def test_names_of_sql_ignore_case() -> None:
    with pytest.raises(SettingsError, match="two of this name"):
        order_entries(None, {"Mine": "count(*)", "mine": "sum(a)"}, READING)


@pytest.mark.parametrize("name", ["", "  "])
def test_a_feature_has_a_name(name: str) -> None:
    with pytest.raises(SettingsError, match="without a name"):
        order_entries(None, {name: "count(*)"}, READING)


def test_names_of_our_aggregates_are_free() -> None:
    own = {"revenue": "sum(a)", "orders": "count(*)", "kept_rows": "1 + count(*)"}
    assert names(order_entries((), own, READING)) == list(own)


def test_attributes_and_categories_get_free_names() -> None:
    entries = customer_entries(
        ["Income", "tier", "frequency", "x_1"],
        {"Education": ["PhD", "2n Cycle", "2n-Cycle", "très", "?"]},
        used_names=["frequency", "Monetary"],
    )
    assert names(entries) == [
        "Income",
        "customer_tier",
        "frequency_2",
        "customer_x_1",
        "Education_PhD",
        "Education_2n_Cycle",
        "Education_2n_hyphen_minus_Cycle",
        "Education_très",
        "Education_question_mark",
    ]
    assert [entry.kind for entry in entries] == ["attribute"] * 4 + ["category"] * 5
    assert (entries[1].column, entries[5].column, entries[5].value) == (
        "tier",
        "Education",
        "2n Cycle",
    )


@settings(deadline=None)
@given(st.lists(st.text(min_size=1), unique=True), st.lists(st.text(), max_size=5, unique=True))
def test_names_are_unique_regardless_of_case(columns: list[str], values: list[str]) -> None:
    entries = customer_entries(columns, {"c": values}, used_names=["a", "C_A"])
    folded = [name.lower() for name in ["a", "C_A", *names(entries)]]
    assert len(set(folded)) == len(folded)
    assert not any(RESERVED.fullmatch(entry.name) for entry in entries)


def test_a_category_keeps_the_name_of_an_earlier_run() -> None:
    values = ["yes", "Yes", "très", "new"]
    known = {("c", "Yes"): "c_yes", ("c", "très"): "c_tr_s", ("c", "gone"): "c_new"}
    entries = customer_entries([], {"c": values}, [], known)
    assert names(entries) == ["c_yes_2", "c_yes", "c_tr_s", "c_new"]
    # An attribute of that name was there first.
    entries = customer_entries(["c_tr_s"], {"c": values}, [], known)
    assert names(entries) == ["c_tr_s", "c_yes_2", "c_yes", "c_très", "c_new"]


def test_too_many_values_are_refused() -> None:
    values = [str(n) for n in range(MOST_VALUES + 1)]
    with pytest.raises(SettingsError, match=r"city has 51 values"):
        customer_entries([], {"city": values}, [])
    assert len(customer_entries([], {"city": values[1:]}, [])) == MOST_VALUES


def test_entries_say_what_they_are() -> None:
    entries = (
        Entry("recency_days", "orders"),
        Entry("own", "sql", sql="count(*)"),
        Entry("Income", "attribute", "Income"),
        Entry("Education_PhD", "category", "Education", "PhD"),
    )
    assert [entry.unit for entry in entries] == ["days", "", "", "share"]
    assert [entry.better for entry in entries] == ["lower", "higher", "higher", "higher"]
    for entry, words in zip(entries, ("last order", "count(*)", "Income", "PhD"), strict=True):
        assert words in entry.sentence


def test_json_round_trip() -> None:
    catalogue = Catalogue(
        (
            Entry("recency_days", "orders"),
            Entry('my "own"', "sql", sql="sum(a) FILTER (WHERE b = 'é')"),
            Entry("Education_PhD", "category", "Education", "PhD"),
        )
    )
    again = Catalogue.from_dict(json.loads(json.dumps(catalogue.to_dict())))
    assert again == catalogue
    assert again.names == ("recency_days", 'my "own"', "Education_PhD")
    assert again.of("sql", "category") == catalogue.entries[1:]
    assert [sql.columns for sql in again.user_sql()] == [("a", "b")]
