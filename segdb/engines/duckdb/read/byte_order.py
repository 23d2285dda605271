"""Byte order: JSON that begins with a mark of its encoding, as Windows writes it, without it."""

from __future__ import annotations

import codecs
import gzip
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, cast

from segdb.engines.duckdb.read.files import Files

# The mark at the beginning, and the codec that takes it off.
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


@contextmanager
def without_marks(given: Files) -> Iterator[Files]:
    """Give files that begin with no mark: those that were found, or temporary copies in UTF-8."""
    codec_of = {path: codec for path in given.paths if (codec := _codec(path))}
    if not codec_of:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="segdb-") as folder:
        paths = []
        for place, path in enumerate(given.paths):
            copy = Path(folder) / str(place) / path.name.removesuffix(".gz")
            paths.append(_copied(path, copy, codec_of[path]) if path in codec_of else path)
        yield replace(given, paths=tuple(paths), unpacked=True)


def opened(path: Path) -> BinaryIO:
    """Open a file to read what it holds, also where it is packed as .gz."""
    return cast("BinaryIO", gzip.open(path)) if path.suffix.lower() == ".gz" else path.open("rb")


def _codec(path: Path) -> str | None:
    with opened(path) as file:
        begin = file.read(3)
    return next((codec for mark, codec in _MARKS.items() if begin.startswith(mark)), None)


def _copied(path: Path, copy: Path, codec: str) -> Path:
    copy.parent.mkdir()
    with (
        opened(path) as packed,
        codecs.getreader(codec)(packed) as source,
        copy.open("w", encoding="utf-8", newline="") as target,
    ):
        shutil.copyfileobj(source, target)
    return copy
