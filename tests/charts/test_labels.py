"""Colours and labels that all charts of a report share."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from segdb.charts.labels import Look
from segdb.charts.theme import SEGMENTS


def test_a_segment_keeps_its_colour_when_others_come_and_go() -> None:
    assert Look((1, 2, 3), {}).places == {1: 1, 2: 2, 3: 3}
    assert Look((2, 3, 7), {}).places == {2: 2, 3: 3, 7: 7}


def test_two_segments_that_wish_for_one_colour_get_two() -> None:
    assert Look((1, 11), {}).places == {1: 1, 11: 2}


@given(st.sets(st.integers(1, 10_000), min_size=1, max_size=len(SEGMENTS)))
def test_up_to_ten_segments_have_ten_colours(ids: set[int]) -> None:
    places = Look(tuple(ids), {}).places
    assert set(places) == ids
    assert len(set(places.values())) == len(ids)
    assert set(places.values()) <= set(range(1, len(SEGMENTS) + 1))


def test_more_than_ten_segments_share_colours() -> None:
    assert len(Look(tuple(range(1, 24)), {}).places) == 23


def test_labels_have_spaces_and_units() -> None:
    units = {"recency_days": "days", "monetary": "currency", "frequency": "orders", "Income": ""}
    look = Look((1,), units, "£")
    assert look.label("recency_days") == "Recency (days)"
    assert look.label("monetary") == "Monetary (£)"
    assert look.label("frequency") == "Frequency (orders)"
    assert look.label("Income") == "Income"
    assert look.label("unknown_one") == "Unknown one"
    assert look.label("iPhone_user") == "iPhone user"
    assert look.label("_") == "_"
    assert look.name("recency_days") == "Recency"
    assert look.name("monetary") == "Monetary"
    assert Look((1,), units, "{} kr").label("monetary") == "Monetary (kr)"
    assert Look((1,), units).label("monetary") == "Monetary"


def test_a_category_is_called_by_its_column_and_value() -> None:
    values = {
        "age_group_65_plus": ("age_group", "65+"),
        "c_x": ("Code", "x" * 80),
        "c_": ("Code", ""),
    }
    look = Look((1,), dict.fromkeys(values, "share"), values=values)
    assert look.name("age_group_65_plus") == look.label("age_group_65_plus") == "Age group 65+"
    assert look.name("c_x") == f"Code {'x' * 39}…"
    assert look.name("c_") == "Code"


def test_a_segment_that_is_no_more_has_the_colour_of_none() -> None:
    colour = str(Look((1, 2), {}).colour(gone=[7]).to_dict())
    assert "'domain': [1, 2, 7]" in colour
    assert "'range': ['var(--s1)', 'var(--s2)', 'var(--soft)']" in colour
