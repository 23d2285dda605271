"""Header: names that differ, and a first line that is no header."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segdb.config.source_section import FileOptions
from segdb.engines.duckdb.read.header import column_names, unique
from segdb.errors import SourceError

ROWS = [["C1", "2026-01-02", "12.50"], ["C2", "2026-01-03", "3.00"], ["C1", "2026-02-01", "7.25"]]


def test_names_are_made_unique_in_order() -> None:
    assert unique(["id", " ID ", "", "id", "id_2"]) == ("id", "ID_3", "column_3", "id_4", "id_2")


def test_what_is_not_seen_is_no_part_of_a_name() -> None:
    names = ["\ufeffcustomer\xa0id ", "\u200bdate", "\u3000 paid\u2009"]
    assert unique(names) == ("customer id", "date", "paid")


@given(st.lists(st.sampled_from(["a", "A", "a_2", "A_2", "", "column_1", " a"]), min_size=1))
def test_no_two_are_alike_and_none_is_empty(names: list[str]) -> None:
    result = unique(names)
    assert len({name.lower() for name in result}) == len(names)
    assert all(result)
    assert unique(result) == result


def test_without_a_header_the_lines_to_write_are_said() -> None:
    with pytest.raises(SourceError) as caught:
        column_names(ROWS[0], ROWS[1:], "o.csv", FileOptions(name="orders"))
    said = str(caught.value)
    assert "its first line is C1, 2026-01-02, 12.50" in said
    assert (
        '[source] header.orders = false and names.orders = ["customer_id", "ordered_at", "amount"]'
        in said
    )
    assert "[source] header.orders = true" in said


def test_names_of_the_settings() -> None:
    names = ("who", "when", "paid")
    options = FileOptions(names=names)
    assert column_names(ROWS[0], ROWS[1:], "o.csv", options) == (names, False)
    # They rename the columns of a file that has a header.
    assert column_names(["a", "b", "c"], ROWS, "o.csv", options) == (names, True)
    with pytest.raises(SourceError, match=r"3 columns and \[source\] names has 1"):
        column_names(ROWS[0], ROWS[1:], "o.csv", FileOptions(names=("who",)))


def test_who_says_that_it_is_a_header_is_right() -> None:
    names, header = column_names(["1", "2"], [["3", "4"]], "o.csv", FileOptions(header=True))
    assert (names, header) == (("1", "2"), True)
