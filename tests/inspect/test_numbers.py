"""Numbers: the decimal mark that the shapes of a column tell."""

from __future__ import annotations

import pytest

from segdb.inspect.numbers import marks
from segdb.inspect.value_patterns import Shape, shape_of


def validated(*values: str) -> tuple[int, int, str | None, str | None]:
    found = marks([Shape(shape_of(value), 1, value) for value in values])
    assert found.share == 1
    return found.point, found.comma, found.either, found.likely


def test_whole_numbers_tell_nothing() -> None:
    assert validated("1", "-23", "4567", "(12)") == (0, 0, None, None)


def test_a_point_and_a_comma() -> None:
    assert validated("1.5", "12.50", "1,234.50", ".5") == (4, 0, None, None)
    assert validated("1,5", "12,50", "1.234,50", "1 234,5") == (0, 4, None, None)


@pytest.mark.parametrize("around", ["{} €", "${}", "EUR {}", "-£{}", "({})", "{}%", "kr {}", "-{}"])
def test_signs_and_currencies_do_not_hide_it(around: str) -> None:
    assert validated(around.format("1.234,50")) == (0, 1, None, None)


@pytest.mark.parametrize("mark", ".,")
def test_three_digits_behind_a_mark_are_decided_by_the_others(mark: str) -> None:
    other = "," if mark == "." else "."
    written = f"1{mark}234"
    assert validated(written, f"12{mark}345") == (0, 0, written, None)
    # Who groups 1,234 would have grouped 12345, and who does not group writes 999.
    assert validated(written, "999") == (0, 0, written, other)
    assert validated(written, "12345") == (0, 0, written, mark)


def test_text_is_none() -> None:
    found = marks([Shape("Aaaa 9", 3, "Size 5"), Shape("9", 1, "5"), Shape("A9", 1, "B5")])
    assert found.share == 1 / 5
    assert marks([]).share == 0
