"""JSON faults: what is wrong with a file that is no JSON, and where."""

from __future__ import annotations

import json
import re
import zlib
from pathlib import Path

from segdb.engines.duckdb.read.byte_order import opened
from segdb.errors import SourceError

_MALFORMED = re.compile(
    r'Malformed JSON in file "(?P<path>.*?)", at byte \d+ in (?:line|record/value) \d+: '
    r"(?P<why>[^.\n]+)"
)
_CHUNK = 1 << 20
_SHOWN = 40
# Bytes of a file that Python parses a second time, to say where it is wrong.
_MOST = 1 << 26
_CLOSING = {"[": "]", "{": "}"}


def fault(error: str) -> SourceError | None:
    """Return what is wrong with the file that the engine could not parse; None where it could.

    Args:
        error: what the engine said.
    """
    matched = _MALFORMED.search(error)
    if matched is None:
        return None
    path, why = Path(matched["path"]), matched["why"].strip()
    try:
        first, last, size, line = _ends(path)
    except (OSError, EOFError, zlib.error):
        return SourceError(f"{path.name} is not valid JSON: {why}.")
    if first[:1] not in _CLOSING:
        return SourceError(
            f"{path.name} is not JSON: it begins with {first!r}. Look at what was saved there."
        )
    # The last line may be of an object a line, in a file without an array around them.
    if last[-1:] != _CLOSING[first[0]]:
        return SourceError(
            f"{path.name} ends in the middle: after {size:,} bytes, in line {line:,}, behind "
            f"{last!r}. It was cut off when it was written or copied. Get the whole file."
        )
    place = _place(path, first) if size <= _MOST else None
    return SourceError(
        f"{path.name} is not valid JSON: {place or why}. Correct it there, or have the file "
        "written again."
    )


def is_empty(path: Path) -> bool:
    """Whether a file has no object: it is empty, or holds ``[]`` or ``{}`` alone."""
    with opened(path) as file:
        return b"".join(file.read(_CHUNK).split()) in {b"", b"[]", b"{}"}


def _place(path: Path, first: str) -> str | None:
    """Return what Python's parser finds wrong first, and where; None where it finds nothing."""
    with opened(path) as file:
        text = file.read().decode("utf-8", errors="replace")
    decoder, begin, end = json.JSONDecoder(), 0, len(text)
    blanks = re.compile(r"\s*")
    try:
        while (begin := blanks.match(text, begin).end()) < end:  # type: ignore[union-attr]
            _, begin = decoder.raw_decode(text, begin)
            if first[0] == "[" and text[begin:].strip():
                raise json.JSONDecodeError("Extra data", text, begin)
    except json.JSONDecodeError as error:
        behind = text[max(0, error.pos - _SHOWN) : error.pos]
        what = f"{error.msg[0].lower()}{error.msg[1:]}"
        return f"{what} in line {error.lineno:,}, column {error.colno:,}, behind {behind!r}"
    except RecursionError:
        return None
    return None


def _ends(path: Path) -> tuple[str, str, int, int]:
    """Return the first and last characters of a file but blanks, its bytes, and the last line."""
    first, last, size, lines = b"", b"", 0, 1
    with opened(path) as file:
        while chunk := file.read(_CHUNK):
            first = first or chunk.lstrip()[:_SHOWN]
            last = (last + chunk)[-_CHUNK:]
            size += len(chunk)
            lines += chunk.count(b"\n")
    tail = last.rstrip()
    lines -= last[len(tail) :].count(b"\n")
    return _text(first.rstrip()), _text(tail[-_SHOWN:]), size, lines


def _text(part: bytes) -> str:
    return part.decode("utf-8", errors="ignore")
