"""Type inference: whether the text of a column is numbers or moments, over the whole column.

Shapes of the first values give the readings that are possible at all; counts over the head of
the table leave the good ones, and one aggregate over the whole table decides. Where that leaves
values unread, the shapes of those are looked at as well: files are often put together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import ibis.expr.types as ir

from segdb.config.source_section import Source
from segdb.expressions.zones import has_name
from segdb.inspect import dates, numbers
from segdb.inspect.measure_readings import Fit, measure, unread
from segdb.inspect.value_patterns import Ask, Shape, shapes, with_offset
from segdb.source_schema import ColumnReading, Decimal

_HEAD = 100_000
_HALF, _NEARLY_ALL = 0.5, 0.99
# A column of which less is read by any reading is of another kind.
_WORTH_A_LOOK = 0.05


@dataclass(frozen=True)
class InferredType:
    """What a text column could be; None where it could not be that at all.

    Attributes:
        number: the best reading as numbers.
        moment: the best reading as moments.
        percent: a value with a percent sign.
    """

    number: Fit | None = None
    moment: Fit | None = None
    percent: str | None = None


@dataclass
class _Column:
    """What is known of a column so far."""

    name: str
    shapes: tuple[Shape, ...]
    counted: bool
    null_values: tuple[str, ...]
    fits: list[Fit] = field(default_factory=list)

    def possible(self, source: Source) -> list[ColumnReading]:
        """Return the readings that the shapes allow."""
        marks = numbers.marks(self.shapes)
        foreign = any(shape.foreign for shape in self.shapes)
        named = any(has_name(shape.example) for shape in self.shapes)
        readings = [*_numbers(self.name, marks, source), *_moments(self, source)]
        return [
            replace(
                reading,
                any_digits=foreign,
                time_zone=source.time_zone or "",
                zone_names=reading.kind == "timestamp" and named,
                null_values=self.null_values,
            )
            for reading in readings
        ]


def infer_types(
    table: ir.Table,
    columns: Sequence[str],
    source: Source,
    ask: Ask,
    counted: Collection[str] = (),
) -> Mapping[str, InferredType]:
    """Infer the types of text columns.

    Args:
        table: raw rows.
        columns: those of its columns that hold text, or numbers that may be dates.
        source: what the settings say of numbers, dates and missing values.
        ask: runs a small query.
        counted: those whose bare numbers may be counts since 1970, or Excel's days.
    """
    patterns = shapes(table, columns, source.null_values, ask)
    known = {
        name: _Column(name, patterns[name], name in counted, source.missing_of(name))
        for name in columns
    }
    _fit(table, known, source, ask)
    for column in known.values():
        _look_again(table, column, source, ask)
    inferred = {name: _inferred_type(column) for name, column in known.items()}
    marks = [numbers.marks(column.shapes) for column in known.values() if column.fits]
    usual = {"." if m.point > m.comma else "," for m in marks if m.point != m.comma}
    if len(usual) == 1:
        mark = usual.pop()
        inferred = {name: _with_mark(column_type, mark) for name, column_type in inferred.items()}
    return inferred


def _numbers(name: str, marks: numbers.Marks, source: Source) -> list[ColumnReading]:
    if marks.share < _HALF:
        return []
    both = bool(marks.point and marks.comma)
    if source.decimal:
        return [ColumnReading(name, "number", source.decimal, mixed="decimal" if both else "no")]
    usual: Decimal = "," if marks.comma > marks.point else "."
    if both:
        single = [ColumnReading(name, "number", mark) for mark in _marks(usual)]
        return [ColumnReading(name, "number", usual, mixed="clear"), *single]
    if marks.point or marks.comma or marks.either is None:
        return [ColumnReading(name, "number", usual)]
    return [ColumnReading(name, "number", mark) for mark in _marks(".")]


def _marks(first: Decimal) -> tuple[Decimal, Decimal]:
    return (".", ",") if first == "." else (",", ".")


def _moments(column: _Column, source: Source) -> list[ColumnReading]:
    ways = dates.families([with_offset(s) for s in column.shapes], counted=column.counted)
    if source.date_format and any("9" in shape.text for shape in column.shapes):
        user_formats = source.date_formats
        wanted = dates.with_times(*user_formats)
        ways = {family: ways[family] for family in dates.CLEAR if family in ways}
        # Nothing reads a value of the usual orders in two ways, but of years that come first.
        if isinstance(source.date_format, str) and user_formats[0][:2] in ("%d", "%m"):
            for formats in ways.values():
                wanted = (*(formats or ("iso",)), *wanted)
        ways = {"as set": wanted, **ways}
    return [ColumnReading(column.name, "timestamp", formats=form) for form in ways.values()]


def _fit(table: ir.Table, columns: Mapping[str, _Column], source: Source, ask: Ask) -> None:
    """Measure the readings that the shapes of columns allow."""
    nulls = source.null_values
    possible = {name: column.possible(source) for name, column in columns.items()}
    several = {name: readings for name, readings in possible.items() if len(readings) > 1}
    head = measure(table.limit(_HEAD), several, nulls, ask)
    possible |= {name: _surviving(fits) for name, fits in head.items()}
    # Most columns of numbers hold nothing but digits, which is quick to see.
    measured = measure(table, possible, nulls, ask, quick=True)
    more = {
        name: [fit.reading for fit in fits]
        for name, fits in measured.items()
        if any(fit.reading.kind == "number" and fit.share < 1 for fit in fits)
    }
    measured |= measure(table, more, nulls, ask)
    for name, fits in measured.items():
        columns[name].fits = fits


def _look_again(table: ir.Table, column: _Column, source: Source, ask: Ask) -> None:
    """Add the forms of the values that are not read, if there are any."""
    best = max((fit.share for fit in column.fits), default=1.0)
    if not _WORTH_A_LOOK <= best < 1:
        return
    readings = [fit.reading for fit in column.fits]
    rest = unread(table, readings, source.null_values)
    others = shapes(rest, [column.name], source.null_values, ask)[column.name]
    known = {(shape.text, shape.foreign) for shape in column.shapes}
    new = [shape for shape in others if (shape.text, shape.foreign) not in known]
    if not new:
        return
    wider = replace(column, shapes=(*column.shapes, *new))
    if set(wider.possible(source)) - set(column.possible(source)):
        _fit(table, {column.name: wider}, source, ask)
        if max((fit.share for fit in wider.fits), default=0) > best:
            column.shapes, column.fits = wider.shapes, wider.fits


def _inferred_type(column: _Column) -> InferredType:
    marks = numbers.marks(column.shapes)
    return InferredType(
        _best(column.fits, "number", marks.likely),
        _best(column.fits, "timestamp", None),
        marks.percent,
    )


def _surviving(fits: Iterable[Fit]) -> list[ColumnReading]:
    """Keep of each kind the best readings on the head, and what comes close to them."""
    kept: list[ColumnReading] = []
    listed = list(fits)
    for kind in ("number", "timestamp"):
        of_kind = [fit for fit in listed if fit.reading.kind == kind and fit.share > 0]
        # A year of two digits in front is rare, and would rival every other order.
        usual = [fit for fit in of_kind if not _short_year(fit)]
        if any(fit.share >= _HALF for fit in usual):
            of_kind = usual
        best = max((fit.share for fit in of_kind), default=0.0)
        kept += [
            fit.reading
            for fit in of_kind
            if best >= _HALF and (fit.share >= 0.95 * best or best < _NEARLY_ALL)
        ]
    return kept


def _short_year(fit: Fit) -> bool:
    return any(form.startswith("%y") for form in fit.reading.formats)


def _best(fits: Iterable[Fit], kind: str, likely: str | None) -> Fit | None:
    of_kind = sorted((fit for fit in fits if fit.reading.kind == kind), key=lambda fit: -fit.share)
    if not of_kind:
        return None
    # A few values that could be read in two ways are no reason to read none.
    sure = [
        fit for fit in of_kind if not fit.rival and fit.share > of_kind[0].share - (1 - _NEARLY_ALL)
    ]
    if of_kind[0].rival and sure and sure[0].share >= _NEARLY_ALL:
        return sure[0]
    equal = [fit for fit in of_kind if fit.share == of_kind[0].share]
    chosen = next((fit for fit in equal if fit.rival and fit.reading.decimal == likely), None)
    return replace(chosen, rival=None) if chosen else of_kind[0]


def _with_mark(column_type: InferredType, mark: str) -> InferredType:
    fit = column_type.number
    if fit is None or fit.rival is None or fit.reading.mixed != "no" or fit.rival.mixed != "no":
        return column_type
    reading = fit.reading if fit.reading.decimal == mark else fit.rival
    return replace(column_type, number=Fit(reading, fit.share))
