"""Quotes: a value that is opened and never closed takes the rest of its file with it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from segdb.store.encoding import opened

_BLOCK = 1 << 20


def count(path: Path, codec: str) -> int:
    """Return how many quotation marks a file holds."""
    with opened(path) as file:
        if codec.startswith("utf-16"):
            # Half of another character may look like one.
            text = io.TextIOWrapper(file, encoding=codec, newline="", errors="replace")
            return sum(block.count('"') for block in iter(lambda: text.read(_BLOCK), ""))
        return sum(block.count(b'"') for block in iter(lambda: file.read(_BLOCK), b""))


def left_open(path: Path, codec: str, delimiter: str) -> int | None:
    """Return the line of the value that is still open at the end of a file, if there is one.

    This reads the whole file.
    """
    held: list[str] = []
    line, record = 0, ""
    with io.TextIOWrapper(opened(path), encoding=codec, newline="") as file:
        rows = csv.reader(_keeping(file, held), delimiter=delimiter)
        try:
            for fields in rows:
                if fields:
                    line, record = rows.line_num - len(held) + 1, "".join(held)
                held.clear()
        except csv.Error:
            # A value beyond the reader's limit of 128 KB.
            return rows.line_num - len(held) + 1
    try:
        list(csv.reader([record], delimiter=delimiter, strict=True))
    except csv.Error as error:
        return line if "end of data" in str(error) else None
    return None


def _keeping(lines: Iterator[str], held: list[str]) -> Iterator[str]:
    for line in lines:
        held.append(line)
        yield line
