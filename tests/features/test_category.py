"""Category: names of 0/1 features that people can read and SQL can take."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segdb.features.category import category_names


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("PhD", "PhD"),
        ("2n Cycle", "2n_Cycle"),
        ("Zürich", "Zürich"),
        ("Zu\u0308rich", "Zürich"),
        ("Москва", "Москва"),
        ("हिन्दी", "हिन्दी"),
        ("65+", "65_plus"),
        ("<18", "under_18"),
        (">= 65", "from_65"),
        ("≤5", "up_to_5"),
        ("10-20", "10_20"),
        ("-5", "minus_5"),
        ("50%", "50_percent"),
        ("R&D", "R_and_D"),
        ("?", "question_mark"),
        ("👍", "thumbs_up_sign"),
        ("  ", "blank"),
        ("", "blank"),
        (
            "a sentence that is longer than the name of a column",
            "a_sentence_that_is_longer_than_the_name",
        ),
        ("x" * 99, "x" * 40),
    ],
)
def test_a_value_is_a_name(value: str, name: str) -> None:
    assert category_names("Marital Status", [value]) == [f"Marital_Status_{name}"]


def test_values_that_differ_in_signs_alone_have_them_spelled_out() -> None:
    assert category_names("c", ["C", "C++", "C#", "1.5", "1,5", "15"]) == [
        "c_C",
        "c_C_plus_plus",
        "c_C_number_sign",
        "c_1_full_stop_5",
        "c_1_comma_5",
        "c_15",
    ]


@given(st.text(), st.lists(st.text(), max_size=6))
def test_a_name_is_of_letters_digits_and_underscores(column: str, values: list[str]) -> None:
    for name in category_names(column, values):
        assert 3 <= len(name) <= 81
        assert name.strip("_") == name
        assert "__" not in name
        assert not any(one.isspace() or one in "\"'.,;:()[]{}<>=+-*/%&|!?#$" for one in name)


@pytest.mark.parametrize("value", ["PhD", "Zürich", "Москва", "हिन्दी", "65+", "👍", "中国"])
def test_a_name_needs_no_quotes(value: str) -> None:
    [name] = category_names("Marital Status", [value])
    with duckdb.connect() as connection:
        connection.execute(f'CREATE TABLE t AS SELECT 1 AS "{name}"').fetchall()
        assert connection.sql(f"SELECT {name} FROM t").fetchall() == [(1,)]
