"""Delimiter: what divides the fields of a text file, and its lines divided by it."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from segdb.config.source_section import FileOptions
from segdb.engines.duckdb.read import fields
from segdb.errors import SourceError

NEARLY_ALL = 0.9
_DELIMITERS = (",", ";", "\t", "|")
_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


@dataclass(frozen=True)
class Record:
    """A line of a file, or several where a value in quotes holds a line's end.

    Attributes:
        line: how many lines of the body stand before it.
        fields: its values.
    """

    line: int
    fields: list[str]


def header_place(records: Sequence[Record], options: FileOptions) -> int:
    """Return which record is the header."""
    if options.skip_rows is not None or options.header is False:
        return 0
    return fields.header_place([record.fields for record in records])


def find_delimiter(body: str, whole: bool, origin: str, options: FileOptions) -> str:
    """Return the delimiter that divides nearly all lines into as many fields as the header."""
    fits: dict[str, tuple[int, float]] = {}
    for candidate in _DELIMITERS:
        records = records_of(body, whole, candidate)
        records = records[header_place(records, options) :]
        if records and len(records[0].fields) > 1:
            fits[candidate] = (len(records[0].fields), fitting(records))
    if not fits:
        return ","
    good = [candidate for candidate, (_, share) in fits.items() if share >= NEARLY_ALL]
    good = good or [candidate for candidate, (_, share) in fits.items() if share >= 0.5]
    most = max((fits[candidate][0] for candidate in good), default=0)
    best = [candidate for candidate in good if fits[candidate][0] == most]
    if len(best) == 1:
        return best[0]
    tried = ", ".join(_NAMES[candidate] for candidate in best or fits)
    why = (
        f"its lines could be divided by {tried.replace(', ', ' or ')} alike"
        if best
        else f"most lines have another number of fields than the header (tried: {tried})"
    )
    raise SourceError(
        f'{origin}: {why}. Set the delimiter in [source], such as delimiter = ";", or where lines '
        "stand above the line that names the columns, how many: skip_rows = 3."
    )


def fitting(records: Sequence[Record]) -> float:
    """Return the share of the rows that have as many fields as the header."""
    width, rest = len(records[0].fields), [record.fields for record in records[1:]]
    fitting = sum(len(row) == width or (len(row) == width + 1 and not row[-1]) for row in rest)
    return fitting / len(rest) if rest else 1.0


def records_of(body: str, whole: bool, delimiter: str) -> list[Record]:
    """Return the lines of the beginning of a file, divided; blank ones are none.

    Args:
        body: its characters.
        whole: whether that is all of it; else its last line is left out.
        delimiter: what divides the fields.
    """
    records: list[Record] = []
    # Where a quote is left open, the reader stops at a field of 128 KB.
    with contextlib.suppress(csv.Error):
        rows = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter)
        start = 0
        for row in rows:
            if row:
                records.append(Record(start, row))
            start = rows.line_num
    # The last record is cut by the end of the sample, or swallowed by a quote left open.
    cut = not whole or body.count('"') % 2 == 1
    return records[:-1] if cut and len(records) > 1 else records
