"""Grid: answers as tables of text, whole or as wide as a terminal."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from segdb.cli.table import cell, grid

WIDE = pa.table(
    {
        "id": [7, 1234567],
        "word": ["a", "b"],
        "sentence": ["one two three four five six seven eight", "日本語" * 20],
        "amount": [1234.5, None],
    }
)


def test_numbers_stand_at_the_right() -> None:
    rows = pa.table({"name": ["a", "bb"], "sum": [Decimal(1), Decimal(100)], "n": [1, 100]})
    lines = grid(rows).splitlines()
    assert lines == ["name  sum    n", "a       1    1", "bb    100  100", "(2 rows)"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, ""),
        (0.123456789, "0.123457"),
        (4.11057e-16, "0"),
        (-3e-14, "0"),
        (968_281.26, "968,281"),
        (3_151_888.92, "3,151,889"),
        (-2e9, "-2,000,000,000"),
        (Decimal("12.50"), "12.50"),
    ],
)
def test_a_value(value: object, words: str) -> None:
    assert cell(value) == words


def test_money_has_the_same_decimals_down_a_column() -> None:
    amounts = [17_645.8, 6_428.91, 714.0, None]
    lines = grid(pa.table({"revenue": amounts, "share": [0.5, 0.25, 0.125, 0.1]})).splitlines()
    assert [line.split()[0] for line in lines[1:4]] == ["17,645.80", "6,428.91", "714.00"]
    assert [line.split()[-1] for line in lines[1:5]] == ["0.5", "0.25", "0.125", "0.1"]


def test_a_column_with_millions_has_no_decimals() -> None:
    lines = grid(pa.table({"revenue": [3_151_485.12, 20_273.7, None]})).splitlines()
    assert [line.strip() for line in lines[1:4]] == ["3,151,485", "20,274", ""]


def test_without_a_terminal_nothing_is_cut_and_a_row_is_a_line() -> None:
    wide = pa.table({f"a_long_name_{i}": [f"value {i} " * 9] for i in range(50)})
    lines = grid(wide).splitlines()
    assert lines[0].split() == wide.column_names
    assert all(f"value {i} " * 9 in lines[1] + " " for i in range(50))
    assert lines[2:] == ["(1 row)"]


def test_what_is_no_letter_stays_in_its_line() -> None:
    lines = grid(pa.table({"a": ["x\ty\r\nz", "\x1b[2Jgone"], "b": [1, 2]})).splitlines()
    assert lines == ["a         b", "x y z     1", " [2Jgone  2", "(2 rows)"]


def test_long_text_is_folded_before_a_column_is_left_out() -> None:
    lines = grid(WIDE, 54).splitlines()
    assert lines[0].split() == ["id", "word", "sentence", "amount"]
    assert lines[-1] == "(2 rows)"
    assert lines[1].split()[-1] == "1,234.5"
    assert "".join(line[:46].split()[-1] for line in lines[3:-1]).count("日本語") == 20


def test_what_does_not_fit_is_named() -> None:
    text = grid(WIDE, 30)
    assert text.splitlines()[0].split() == ["id", "word"]
    said = " ".join(text[text.index("(") :].split())
    assert said == (
        "(2 rows; 2 of 4 columns fit. Not shown: sentence, amount. "
        "A wider terminal, or output into a file, has all.)"
    )


def test_the_first_column_is_there_whole_on_any_terminal() -> None:
    lines = grid(pa.table({"id": ["abcdefghij"], "n": [1]}), 4).splitlines()
    assert "".join(line.strip() for line in lines[1:4]) == "abcdefghij"


@pytest.mark.parametrize("rows", [0, 1, 1234])
def test_the_rows_are_counted(rows: int) -> None:
    words = "(1 row)" if rows == 1 else f"({rows:,} rows)"
    assert grid(pa.table({"n": list(range(rows))})).splitlines()[-1] == words


@given(
    st.lists(st.text("ab 日", max_size=60), min_size=1, max_size=6),
    st.integers(min_value=12, max_value=100),
)
def test_no_line_is_wider_than_the_terminal(values: list[str], width: int) -> None:
    table = pa.table({f"c{i}": [value] for i, value in enumerate(values)})
    assert max(map(cell_len, grid(table, width).splitlines())) <= width
