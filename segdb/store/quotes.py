"""Quotes: what the engine does not say of them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from segdb.store.encoding import opened

_BLOCK = 1 << 20


def count(path: Path) -> int:
    """Return how many quotation marks a file holds, counted as bytes."""
    with opened(path) as file:
        return sum(block.count(b'"') for block in iter(lambda: file.read(_BLOCK), b""))


def left_open(path: Path, codec: str, delimiter: str) -> int | None:
    """Return the line of the value whose quote is open at the end of the file, if there is one.

    DuckDB 1.5 and 2.0 leave such a value out with all that follows it, and say nothing, if it is
    the last of its line. This reads the whole file, and is for files with an odd number of
    quotation marks.
    """
    before = line = 0
    record: list[str] = []
    last = ""
    with io.TextIOWrapper(opened(path), encoding=codec, newline="") as file:

        def lines() -> object:
            nonlocal last
            for text in file:
                last = text.strip() or last
                yield text

        rows = csv.reader(lines(), delimiter=delimiter)
        try:
            for record in rows:
                if record:
                    before, line = line, rows.line_num
        except csv.Error:
            # A field beyond the reader's limit.
            return line + 1
    ended = last.endswith('"') and len(last) > 1 and not last.endswith(delimiter + '"')
    opened_last = "\n" in (record[-1] if record else "") or last.endswith(delimiter + '"')
    return before + 1 if opened_last and not ended else None
