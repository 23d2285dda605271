"""Layout: how a text file is laid out, decided without the engine's sniffer.

The sniffer takes a ragged file for one column and says nothing.
"""

from __future__ import annotations

import contextlib
import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from segdb.errors import SourceError
from segdb.settings import Source
from segdb.store import encoding, header

_SAMPLE = 256 * 1024
# What is read of a file to see that it is like the first one: its header, and some of its rows.
_GLANCE = 16 * 1024
_NEARLY_ALL = 0.9
_END = re.compile(r"[\r\n]")
_DELIMITERS = (",", ";", "\t", "|")
_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


@dataclass(frozen=True)
class Layout:
    """How a text file is laid out.

    Attributes:
        delimiter: what divides the fields of a line.
        names: of the columns, all different.
        skip: lines before the header.
        codec: Python's name of the encoding.
        folded: a name of the header holds a line's end, or the lines before it end in another way
            than it does; either misleads the engine.
    """

    delimiter: str
    names: tuple[str, ...]
    skip: int
    codec: str
    folded: bool


def detect(path: Path, settings: Source) -> Layout:
    """Return the layout of a file, from its first 256 KB and the settings.

    Raises:
        SourceError: it is empty, has no header, no clear delimiter, or another encoding.
    """
    top = _top(path, settings, _SAMPLE)
    if top is None:
        raise SourceError(f"{path.name} is empty.")
    delimiter = top.delimiter
    if delimiter is None:
        delimiter = _delimiter(top.body, top.whole, path.name)
    written = next(iter(_records(top.body, delimiter, top.whole)), [])
    names = header.unique(written, path.name)
    folded = top.mixed or any(_END.search(name) for name in written)
    return Layout(delimiter, names, top.skip, top.codec, folded)


def detect_each(paths: Sequence[Path], settings: Source) -> list[Layout]:
    """Return the layout of each file; one that begins like the first is taken to be like it.

    Raises:
        SourceError: as ``detect`` does.
    """
    first = detect(paths[0], settings)
    rest = (
        first if _begins_like(path, first, settings) else detect(path, settings)
        for path in paths[1:]
    )
    return [first, *rest]


def _begins_like(path: Path, first: Layout, settings: Source) -> bool:
    top = _top(path, settings, _GLANCE)
    if top is None or top.mixed or first.folded:
        return False
    if (top.skip, top.codec) != (first.skip, first.codec):
        return False
    if top.delimiter not in (None, first.delimiter):
        return False
    records = _records(top.body, first.delimiter, top.whole)
    if not records or any(_END.search(name) for name in records[0]):
        return False
    names = tuple(name.strip() for name in records[0])
    return names == first.names and _fitting(records) >= _NEARLY_ALL


@dataclass(frozen=True)
class _Top:
    """The beginning of a file, from its header on.

    Attributes:
        body: its characters.
        whole: whether that is all of it.
        skip: lines before the header.
        codec: of the file.
        delimiter: what the settings, or the file itself, say that it is.
        mixed: whether the lines before the header end in another way than it does.
    """

    body: str
    whole: bool
    skip: int
    codec: str
    delimiter: str | None
    mixed: bool


def _top(path: Path, settings: Source, size: int) -> _Top | None:
    """Return the beginning of a file; None where nothing is written in it."""
    name = encoding.codec(path, settings.encoding)
    sample, whole = encoding.head(path, name, size)
    if not sample.strip():
        return None
    lines = sample.splitlines(keepends=True)
    skip = next(place for place, line in enumerate(lines) if line.strip())
    delimiter = settings.delimiter
    # The line that Excel writes to tell itself the delimiter.
    told = re.fullmatch(r"sep=(.)\s*", lines[skip])
    if told:
        skip, delimiter = skip + 1, delimiter or told[1]
    ends = {line[len(line.rstrip("\r\n")) :] for line in lines[: skip + 1]}
    return _Top("".join(lines[skip:]), whole, skip, name, delimiter, mixed=len(ends) > 1)


def _delimiter(body: str, whole: bool, origin: str) -> str:
    """Return the delimiter that divides nearly all lines into as many fields as the header."""
    fits: dict[str, tuple[int, float]] = {}
    for candidate in _DELIMITERS:
        records = _records(body, candidate, whole)
        if records and len(records[0]) > 1:
            fits[candidate] = (len(records[0]), _fitting(records))
    if not fits:
        return ","
    good = [candidate for candidate, (_, share) in fits.items() if share >= _NEARLY_ALL]
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
        f'{origin}: {why}. Set the delimiter in [source], such as delimiter = ";", and check '
        "that the first line names the columns."
    )


def _fitting(records: list[list[str]]) -> float:
    """Return the share of the rows that have as many fields as the header."""
    fields, rest = len(records[0]), records[1:]
    fitting = sum(
        len(record) == fields or (len(record) == fields + 1 and not record[-1]) for record in rest
    )
    return fitting / len(rest) if rest else 1.0


def _records(body: str, delimiter: str, whole: bool) -> list[list[str]]:
    records: list[list[str]] = []
    # Where a quote is left open, the reader stops at a field of 128 KB.
    with contextlib.suppress(csv.Error):
        rows = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter)
        records.extend(record for record in rows if record)
    # The last record is cut by the end of the sample, or swallowed by a quote left open.
    cut = not whole or body.count('"') % 2 == 1
    return records[:-1] if cut and len(records) > 1 else records
