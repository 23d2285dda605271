"""Quotes and NUL bytes: a value that is opened and never closed takes the rest of its file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from segdb.engines.duckdb.read.encoding import opened

_BLOCK = 1 << 20


@dataclass(frozen=True)
class Marks:
    """What a file holds that misleads a reader.

    Attributes:
        quotes: how many quotation marks.
        nul_lines: how many lines with a NUL byte.
    """

    quotes: int = 0
    nul_lines: int = 0


NONE = Marks()


def count(path: Path, codec: str) -> Marks:
    """Return how many quotation marks, and lines with NUL bytes, a file holds."""
    with opened(path) as file:
        if codec.startswith("utf-16"):
            # Half of another character may look like one.
            text = io.TextIOWrapper(file, encoding=codec, newline="", errors="replace")
            return Marks(sum(block.count('"') for block in iter(lambda: text.read(_BLOCK), "")))
        quotes, nul_lines, in_line = 0, 0, False
        while block := file.read(_BLOCK):
            quotes += block.count(b'"')
            if in_line or b"\0" in block:
                lines = block.split(b"\n")
                holding = [b"\0" in line for line in lines]
                # The first line may have begun, and been counted, in the block before.
                nul_lines += sum(holding) - (in_line and holding[0])
                in_line = holding[-1] or (in_line and len(lines) == 1)
        return Marks(quotes, nul_lines)


def left_open(path: Path, codec: str, delimiter: str) -> int | None:
    """Return the line of the value that is still open at the end of a file, if there is one.

    This reads the whole file.
    """
    pending: list[str] = []
    line, record = 0, ""
    with io.TextIOWrapper(opened(path), encoding=codec, newline="") as file:
        rows = csv.reader(_keeping(file, pending), delimiter=delimiter)
        try:
            for fields in rows:
                if fields:
                    line, record = rows.line_num - len(pending) + 1, "".join(pending)
                pending.clear()
        except csv.Error:
            # A value beyond the reader's limit of 128 KB.
            return rows.line_num - len(pending) + 1
    try:
        list(csv.reader([record], delimiter=delimiter, strict=True))
    except csv.Error as error:
        return line if "end of data" in str(error) else None
    return None


def _keeping(lines: Iterator[str], pending: list[str]) -> Iterator[str]:
    for line in lines:
        pending.append(line)
        yield line
