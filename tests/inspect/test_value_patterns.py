"""Shapes: what values look like, counted in the database."""

from __future__ import annotations

from segdb.inspect.value_patterns import Ask, shape_of, shapes
from tests.inspect.conftest import Tables


def test_digits_are_nines_and_letters_are_as() -> None:
    assert shape_of("C536379 of 01/12/2010 é") == "A999999 aa 99/99/9999 a"
    assert shape_of("٢٠٢٤-٠١ 5. März") == "9999-99 9. Aaaa"


def test_they_are_counted_per_column_and_missing_values_are_not(table: Tables, ask: Ask) -> None:
    raw = table({"v": ["1.5", " 2.5 ", "NA", None, "ab"], "w": [None] * 5})
    found = shapes(raw, ["v", "w"], ("NA",), ask)
    assert {shape.text: shape.count for shape in found["v"]} == {"9.9": 2, "aa": 1}
    assert {shape.example for shape in found["v"]} == {"1.5", "ab"}
    assert found["w"] == ()


def test_a_column_that_begins_late_is_looked_at_where_it_begins(table: Tables, ask: Ask) -> None:
    raw = table({"v": [None] * 30_000 + ["2026-01-31"]})
    assert [shape.text for shape in shapes(raw, ["v"], (), ask)["v"]] == ["9999-99-99"]


def test_letters_of_many_words_have_one_shape(table: Tables, ask: Ask) -> None:
    raw = table({"v": ["01 Jan 2020", "02 Feb 2020", "03 MAR 2020"]})
    found = {shape.text: shape.count for shape in shapes(raw, ["v"], (), ask)["v"]}
    assert found == {"99 Aaa 9999": 2, "99 AAA 9999": 1}


def test_without_columns_nothing_is_asked(table: Tables, ask: Ask) -> None:
    assert shapes(table({"v": ["1"]}), [], (), ask) == {}
