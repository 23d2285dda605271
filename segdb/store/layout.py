"""Layout: how a text file is laid out, decided without the engine's sniffer.

The sniffer takes a ragged file for one column and says nothing.
"""

from __future__ import annotations

import contextlib
import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

from segdb.errors import SourceError
from segdb.settings import Source
from segdb.store import encoding, header

_SAMPLE = 256 * 1024
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
        folded: a name of the header holds a line's end, which misleads the engine.
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
    name = encoding.codec(path, settings.encoding)
    sample, whole = encoding.head(path, name, _SAMPLE)
    if not sample.strip():
        raise SourceError(f"{path.name} is empty.")
    lines = sample.splitlines(keepends=True)
    skip = next(place for place, line in enumerate(lines) if line.strip())
    delimiter = settings.delimiter
    # The line that Excel writes to tell itself the delimiter.
    told = re.fullmatch(r"sep=(.)\s*", lines[skip])
    if told:
        skip, delimiter = skip + 1, delimiter or told[1]
    body = "".join(lines[skip:])
    if delimiter is None:
        delimiter = _delimiter(body, whole, path.name)
    written = next(iter(_records(body, delimiter, whole)), [])
    names = header.unique(written, path.name)
    folded = any("\n" in name or "\r" in name for name in written)
    return Layout(delimiter, names, skip, name, folded)


def _delimiter(body: str, whole: bool, origin: str) -> str:
    """Return the delimiter that divides nearly all lines into as many fields as the header."""
    fits: dict[str, tuple[int, float]] = {}
    for candidate in _DELIMITERS:
        records = _records(body, candidate, whole)
        if records and len(records[0]) > 1:
            fields, rest = len(records[0]), records[1:]
            fitting = sum(
                len(record) == fields or (len(record) == fields + 1 and not record[-1])
                for record in rest
            )
            fits[candidate] = (fields, fitting / len(rest) if rest else 1.0)
    if not fits:
        return ","
    good = [candidate for candidate, (_, share) in fits.items() if share >= 0.9]
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


def _records(body: str, delimiter: str, whole: bool) -> list[list[str]]:
    records: list[list[str]] = []
    # Where a quote is left open, the reader stops at a field of 128 KB.
    with contextlib.suppress(csv.Error):
        rows = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter)
        records.extend(record for record in rows if record)
    # The last record is cut by the end of the sample, or swallowed by a quote left open.
    cut = not whole or body.count('"') % 2 == 1
    return records[:-1] if cut and len(records) > 1 else records
