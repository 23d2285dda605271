"""CSV dialect: how a text file is laid out, decided without the engine's sniffer.

The sniffer takes a ragged file for one column and says nothing.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from segdb.config.source_section import FileOptions
from segdb.engines.duckdb.read import encoding, header
from segdb.engines.duckdb.read.delimiter import (
    NEARLY_ALL,
    Record,
    find_delimiter,
    fitting,
    header_place,
    records_of,
)
from segdb.engines.duckdb.read.guess_encoding import Decision
from segdb.errors import SourceError

_SAMPLE = 256 * 1024
# What is read of a file to see that it is like the first one: its header, and some of its rows.
_GLANCE = 16 * 1024
_END = re.compile(r"[\r\n]")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r|\Z)")


@dataclass(frozen=True)
class Layout:
    """How a text file is laid out.

    Attributes:
        delimiter: what divides the fields of a line.
        names: of the columns, all different.
        skip: lines before the header, or before the first row where there is none.
        codec: Python's name of the encoding.
        folded: a name of the header holds a line's end, or the lines before it end in another way
            than it does; either misleads the engine.
        header: whether there is a header.
        fallback: the codec of lines that are not UTF-8, in a file where others are.
        titles: the lines above the header that are not blank.
    """

    delimiter: str
    names: tuple[str, ...]
    skip: int
    codec: str
    folded: bool
    header: bool = True
    fallback: str | None = None
    titles: tuple[str, ...] = field(default=(), compare=False)


def detect(path: Path, options: FileOptions, decision: Decision | None = None) -> Layout:
    """Return the layout of a file, from its first 256 KB and the settings.

    Args:
        path: the file.
        options: what the settings say.
        decision: the encodings of files that are not UTF-8.

    Raises:
        SourceError: it is empty, has no header, no clear delimiter, or another encoding.
    """
    top = _top(path, options, _SAMPLE, decision)
    if top is None:
        raise SourceError(f"{path.name} is empty.")
    delimiter = top.delimiter
    if delimiter is None:
        delimiter = find_delimiter(top.body, top.whole, path.name, options)
    return _layout(path, top, delimiter, options)


def detect_each(
    paths: Sequence[Path], options: FileOptions, decision: Decision | None = None
) -> list[Layout]:
    """Return the layout of each file; one that begins like the first is taken to be like it.

    Raises:
        SourceError: as ``detect`` does.
    """
    first = detect(paths[0], options, decision)
    rest = (
        first if _begins_like(path, first, options, decision) else detect(path, options, decision)
        for path in paths[1:]
    )
    return [first, *rest]


def _begins_like(
    path: Path, first: Layout, options: FileOptions, decision: Decision | None
) -> bool:
    top = _top(path, options, _GLANCE, decision)
    if top is None or first.folded or top.delimiter not in (None, first.delimiter):
        return False
    records = records_of(top.body, top.whole, first.delimiter)
    place = header_place(records, options)
    if not first.header or fitting(records[place:]) < NEARLY_ALL:
        return False
    with contextlib.suppress(SourceError):
        return _layout(path, top, first.delimiter, options) == first
    return False


@dataclass(frozen=True)
class _Top:
    """The beginning of a file, without what is surely no row of it.

    Attributes:
        body: its characters.
        whole: whether that is all of it.
        above: the lines before it.
        codec: of the file.
        fallback: of its lines that are not UTF-8, where others are.
        delimiter: what the settings, or the file itself, say that it is.
    """

    body: str
    whole: bool
    above: tuple[str, ...]
    codec: str
    fallback: str | None
    delimiter: str | None


def _top(path: Path, options: FileOptions, size: int, decision: Decision | None) -> _Top | None:
    """Return the beginning of a file; None where nothing is written in it."""
    codec = decision.codecs.get(path) if decision else None
    fallback = codec if decision and path in decision.mixed else None
    if codec is None:
        codec = encoding.codec(path, options.encoding)
    codec = "utf-8" if fallback else codec
    try:
        sample, whole = encoding.head(path, codec, size, fallback)
    except SourceError as error:
        if options.encoding == encoding.AUTO and codec == "utf-8":
            raise encoding.NotUtf8Error(str(error)) from None
        raise
    if not sample.strip():
        return None
    lines = _LINE.findall(sample)
    skip, delimiter = _after_blank(lines, options.skip_rows or 0), options.delimiter
    # The line that Excel writes to tell itself the delimiter.
    declared = re.fullmatch(r"\"?sep=(.)\"?\s*", lines[skip]) if skip < len(lines) else None
    if declared:
        skip, delimiter = _after_blank(lines, skip + 1), delimiter or declared[1]
    if not "".join(lines[skip:]).strip():
        raise SourceError(f"{path.name} has no line below the first {skip:,}.")
    body = "".join(lines[skip:])
    return _Top(body, whole, tuple(lines[:skip]), codec, fallback, delimiter)


def _after_blank(lines: Sequence[str], start: int) -> int:
    rest = range(start, len(lines))
    return next((place for place in rest if lines[place].strip()), len(lines))


def _layout(path: Path, top: _Top, delimiter: str, options: FileOptions) -> Layout:
    records = records_of(top.body, top.whole, delimiter)
    place = header_place(records, options)
    first = records[place] if records else Record(0, [])
    rows = [record.fields for record in records[place + 1 :]]
    names, is_header = header.column_names(first.fields, rows, path.name, options)
    lines = _LINE.findall(top.body)[: first.line + 1]
    ends = {line[len(line.rstrip("\r\n")) :] for line in (*top.above, *lines)} - {""}
    return Layout(
        delimiter,
        names,
        len(top.above) + first.line,
        top.codec,
        folded=len(ends) > 1 or (is_header and any(map(_END.search, first.fields))),
        header=is_header,
        fallback=top.fallback,
        titles=tuple(line.strip() for line in lines[: first.line] if line.strip()),
    )
