"""Header: names that differ, and a first line that is no header."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segdb.errors import SourceError
from segdb.store.header import unique


def test_names_are_made_unique_in_order() -> None:
    assert unique(["id", " ID ", "", "id", "id_2"], "o.csv") == (
        "id", "ID_3", "column_3", "id_4", "id_2",
    )  # fmt: skip


@given(st.lists(st.sampled_from(["a", "A", "a_2", "A_2", "", "column_1", " a"]), min_size=1))
def test_no_two_are_alike_and_none_is_empty(names: list[str]) -> None:
    if not any(name.strip() for name in names):
        names = [*names, "a"]
    result = unique(names, "o.csv")
    assert len({name.lower() for name in result}) == len(names)
    assert all(result)
    assert unique(result, "o.csv") == result


@pytest.mark.parametrize(
    "line",
    [
        ["1", "2.5"],
        ["17850", "2010-12-01", "15,30"],
        ["00004 0001 19970101  2   29.33"],
        ["1", "01.02.2020", "-3"],
        ["1", "2020-01-01T10:00:00Z", "£5.00"],
    ],
)
def test_a_line_of_values_is_no_header(line: list[str]) -> None:
    with pytest.raises(SourceError, match="no header"):
        unique(line, "o.csv")


def test_a_year_among_names_is_a_name() -> None:
    assert unique(["customer", "2025"], "o.csv") == ("customer", "2025")
