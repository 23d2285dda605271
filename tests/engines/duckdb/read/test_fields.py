"""Fields: titles above a header, and a line that is a row."""

from __future__ import annotations

import pytest

from segdb.engines.duckdb.read.fields import header_place, looks_like_rows, shape, suggested_names

ROWS = [[f"C{i % 7}", f"{1000 + i}", f"2026-01-{1 + i % 28:02d}", f"{i}.50"] for i in range(30)]
HEADER = ["customer", "order", "date", "amount"]


@pytest.mark.parametrize(
    "above",
    [
        [],
        [["Sales by customer"]],
        [["Sales by customer", "", "", ""], ["", "", "", ""]],
        [["", "", "Sales", ""]],
        [["Report:", "Sales"], ["From:", "2026-01-01"]],
        [["Sales", "all shops", "2026"]],
        [["# made by a tool", " with commas", " in its", " comment"]],
        [["# made by a tool", " with commas", " in its", " comment"], ["# 2"]],
        [["Customer", "", "Order", ""]],
    ],
)
def test_lines_above_the_header_are_none(above: list[list[str]]) -> None:
    assert header_place([*above, HEADER, *ROWS]) == len(above)


@pytest.mark.parametrize(
    "records",
    [
        ROWS,
        [HEADER],
        [["id"], ["x"], ["y"]],
        # A sign of a comment before the first name.
        [["#customer", "order", "date", "amount"], *ROWS],
        [["#", "order", "date", "amount"], *ROWS],
        # One name too few: which one is not plain.
        [["order", "date", "amount"], *ROWS],
        # Years as names.
        [["customer", "2024", "2025", "2026"], *[["a", "1.5", "2.5", "3.5"]] * 5],
        # The last fields of most rows are empty.
        [HEADER, *[["C1", "1", "", ""]] * 9],
        [["customer", "city", "note"], *[["a", "Rome", "x"]] * 5],
    ],
)
def test_a_header_on_top_stays_the_header(records: list[list[str]]) -> None:
    assert header_place(records) == 0


@pytest.mark.parametrize(
    ("first", "rows", "expected"),
    [
        (ROWS[0], ROWS[1:], True),
        (HEADER, ROWS, False),
        (["1", "2.5"], [], True),
        (["00004 0001 19970101  2   29.33"], [], True),
        (["1", "2020-01-01T10:00:00Z", "£5.00"], [], True),
        (["customer", "2025"], [], False),
        (["who", "2024", "2025"], [["a", "3", "4"]] * 9, False),
        (["who", "1", "2", "3"], [["a", "3", "4", "5"]] * 9, False),
        (["a", "b"], [["c", "d"]] * 9, False),
        (["C1", "5", "1,234.50 €"], [["C2", "6", "7,00 €"]] * 9, True),
        (["C1", "05 Jan 2026"], [["C2", "06 Feb 2026"]] * 9, True),
    ],
)
def test_a_line_that_looks_like_the_rows(
    first: list[str], rows: list[list[str]], expected: bool
) -> None:
    assert looks_like_rows(first, rows) is expected


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("", ""), ("2026-01-02", "date"), ("02.01.2026 10:00", "date"), ("5 Jan 2026", "date"),
        ("-3,50", "number"), ("(1,234.00)", "number"), ("€ 5", "number"), ("7%", "number"),
        ("C030", "text"), ("amount", "text"), ("1e-3", "number"), ("10:30 h", "text"),
    ],
)  # fmt: skip
def test_shapes(field: str, expected: str) -> None:
    assert shape(field) == expected


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        (ROWS, ["customer_id", "order_id", "ordered_at", "amount"]),
        (
            [["2026-01-01", "7", "x@y.z", "3", "4.5"], ["2026-01-02", "8", "x@y.z", "1", "2.5"]],
            ["ordered_at", "quantity", "customer_id", "column_4", "amount"],
        ),
        ([["17850", "2026-01-01", "1200"], ["17850", "2026-01-02", "900"]], None),
    ],
)
def test_names_are_guessed_for_every_column(rows: list[list[str]], names: list[str] | None) -> None:
    suggested = suggested_names(rows)
    assert len(suggested) == len(set(suggested)) == len(rows[0])
    assert suggested == (names or ["customer_id", "ordered_at", "amount"])
