"""Value patterns: values of text columns with digits as 9 and letters as A or a."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from segdb.expressions import zones
from segdb.expressions.parse_text import stripped
from segdb.formats.digits import FOREIGN_DIGITS, FOREIGN_MARKS, to_ascii

Ask = Callable[[ir.Table], pa.Table]

_ROWS = 10_000
# Shapes of a column that are looked at; dates and numbers have few, free text has endless ones.
_MOST = 200
# Of a long text the beginning shows that it is no number and no date.
_LONGEST = 40
# Letters are folded here and not in the query, where their translation takes longer.
_DIGITS = str.maketrans("012345678", "9" * 9)
# Digits of other scripts become this one in the query.
_FOREIGN_NINE = "٩"


@dataclass(frozen=True)
class Shape:
    """A shape of values, such as ``99/99/9999``, with how many have it and one of them.

    ``foreign`` says that digits or marks of other scripts are among them.
    """

    text: str
    count: int
    example: str
    foreign: bool = False


def shape_of(value: str) -> str:
    """Return the shape of one value."""
    digits = to_ascii(value).translate(_DIGITS)
    return "".join(map(_letter, digits))


def with_offset(shape: Shape) -> Shape:
    """Return a shape as it is with an offset in the place of a zone's name such as EST."""
    if not zones.has_name(shape.example):
        return shape
    example = zones.with_offset(shape.example.strip())
    return replace(shape, text=shape_of(example[:_LONGEST]), example=example)


def _letter(mark: str) -> str:
    if not mark.isalpha():
        return mark
    return "A" if mark.isupper() else "a"


def shapes(
    table: ir.Table, columns: Sequence[str], null_values: Sequence[str], ask: Ask
) -> Mapping[str, tuple[Shape, ...]]:
    """Return the shapes of the first values of text columns, most frequent first.

    A column that is empty in the head of the table is looked at where it begins.
    """
    if not columns:
        return {}
    patterns = _shapes(table.limit(_ROWS), columns, null_values, ask)
    for column in columns:
        if column not in patterns:
            present = table.select(column).filter(table[column].notnull()).limit(_ROWS)
            patterns |= _shapes(present, [column], null_values, ask)
    return {column: patterns.get(column, ()) for column in columns}


def _shapes(
    head: ir.Table, columns: Sequence[str], null_values: Sequence[str], ask: Ask
) -> dict[str, tuple[Shape, ...]]:
    cells = [
        ibis.struct({"place": ibis.literal(place, "int32"), "value": head[column].cast("string")})
        for place, column in enumerate(columns)
    ]
    cell = head.select(cell=ibis.array(cells).unnest()).cell
    values = cell.as_table().select(place=cell["place"], value=cell["value"])
    values = values.mutate(value=stripped(values.value, null_values))
    values = values.filter(values.value.notnull())
    shape = values.value.substr(0, _LONGEST).translate(
        "012345678" + FOREIGN_DIGITS, "9" * 9 + _FOREIGN_NINE * len(FOREIGN_DIGITS)
    )
    counted = values.group_by(values.place, shape=shape).agg(
        n=values.count(), example=values.value.min()
    )
    rank = ibis.row_number().over(
        group_by=counted.place, order_by=[counted.n.desc(), counted["shape"]]
    )
    ranked = counted.mutate(nth=rank)
    most = ranked.filter(ranked.nth < _MOST).order_by("place", "nth")
    patterns: dict[str, dict[str, Shape]] = {}
    for row in ask(most).to_pylist():
        of_column = patterns.setdefault(columns[row["place"]], {})
        text = shape_of(row["shape"])
        known = of_column.get(text, Shape(text, 0, row["example"]))
        foreign = known.foreign or any(
            mark in FOREIGN_MARKS + _FOREIGN_NINE for mark in row["shape"]
        )
        of_column[text] = Shape(text, known.count + row["n"], known.example, foreign)
    return {name: tuple(of_column.values()) for name, of_column in patterns.items()}
