"""Table: an Arrow table as a table of text, as wide as it is or fitted to a terminal."""

from __future__ import annotations

import io
import math
import re
import textwrap
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

_BETWEEN = 2
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
# A column of text may be narrowed to this many characters; its cells then take several lines.
_NARROW = 24
# What is left of a sum that is 0.
_NOTHING = 1e-12
# Decimals of money, and the most that a column is filled up to.
_MONEY = 2
# From here on a number is shown without decimals, and so is the column that it is in.
_WHOLE = 1e6


def grid(table: pa.Table, width: int | None = None) -> str:
    """Return an Arrow table as text, with the number of its rows.

    Args:
        table: the rows.
        width: of the terminal, in characters: columns that do not fit are left out and named at
            the end. None for all columns, one line a row.
    """
    # A row is a line, and nothing in the data moves a terminal's cursor.
    columns = [_cells(column.to_pylist()) for column in table.columns]
    rows = [[_CONTROL.sub(" ", text) for text in row] for row in zip(*columns, strict=True)]
    widths = [
        max(map(cell_len, (field.name, *(row[place] for row in rows))))
        for place, field in enumerate(table.schema)
    ]
    right = [_is_number(field.type) for field in table.schema]
    least = [
        wide if number else min(wide, max(cell_len(field.name), _NARROW))
        for wide, number, field in zip(widths, right, table.schema, strict=True)
    ]
    fit = len(least) if width is None else _fitting(least, width)
    shown = Table(box=None, header_style="bold", pad_edge=False)
    for field, number, narrow in list(zip(table.schema, right, least, strict=True))[:fit]:
        shown.add_column(
            Text(field.name),
            justify="right" if number else "left",
            min_width=narrow if fit > 1 else None,
            overflow="fold",
        )
    for row in rows:
        shown.add_row(*map(Text, row[:fit]))
    whole = sum(widths) + _BETWEEN * len(widths)
    count = f"{table.num_rows:,} row{'s' if table.num_rows != 1 else ''}"
    if fit == len(least):
        return drawn(shown, width or whole) + f"({count})\n"
    left_out = (
        f"({count}; {fit} of {len(least)} columns fit. Not shown: "
        f"{', '.join(table.column_names[fit:])}. A wider terminal, or output into a file, has all.)"
    )
    return drawn(shown, width or whole) + textwrap.fill(left_out, width or whole) + "\n"


def rows_of(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    """Return the rows by place, since two columns of a query may have the same name."""
    return zip(*(column.to_pylist() for column in table.columns), strict=True)


def cell(value: object) -> str:
    """Return a value as a reader wants it: numbers grouped, to six digits, whole from there on."""
    if value is None:
        return ""
    if not isinstance(value, float):
        return str(value)
    if abs(value) < _NOTHING:
        return "0"
    return f"{value:,.6g}" if abs(value) < _WHOLE else f"{value:,.0f}"


def _cells(values: list[Any]) -> list[str]:
    """Return the values of a column as text; as many decimals as one of them needs, two at most."""
    texts = [cell(value) for value in values]
    decimals = max((_decimals(text) for text in texts), default=0)
    numbers = [value for value in values if isinstance(value, float) and math.isfinite(value)]
    if not numbers or not 0 < decimals <= _MONEY:
        return texts
    if max(map(abs, numbers)) >= _WHOLE:
        decimals = 0
    return [
        f"{value:,.{decimals}f}" if isinstance(value, float) and math.isfinite(value) else text
        for value, text in zip(values, texts, strict=True)
    ]


def _decimals(text: str) -> int:
    return len(text.partition(".")[2]) if "e" not in text else _MONEY + 1


def drawn(table: Table, width: int = 200) -> str:
    """Return a table as text of at most so many characters a line."""
    text = io.StringIO()
    console = Console(file=text, width=width, force_terminal=False)
    console.print(table)
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n"


def _is_number(kind: pa.DataType) -> bool:
    kinds = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal)
    return any(is_of(kind) for is_of in kinds)


def _fitting(least: list[int], width: int) -> int:
    """Return how many of the columns fit, the first in any case."""
    used, fit = -_BETWEEN, 0
    for wide in least:
        used += wide + _BETWEEN
        if used > width:
            break
        fit += 1
    return max(fit, 1)
