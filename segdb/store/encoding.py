"""Encoding: the characters of a text file, and a copy the engine can read where it cannot."""

from __future__ import annotations

import codecs
import gzip
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, cast

from segdb.errors import SettingsError, SourceError

# Codec = what DuckDB calls it; it reads others only with an extension, which would be a download.
_NATIVE = {"utf-8": "utf-8", "ascii": "utf-8", "iso8859-1": "latin-1", "utf-16-le": "utf-16"}
_BLOCK = 1 << 20


def codec(path: Path, encoding: str) -> str:
    """Return the Python codec of a file: the one that was set, unless a byte order mark tells.

    Raises:
        SettingsError: there is no such encoding.
    """
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        raise SettingsError(
            f"There is no encoding '{encoding}'. Set [source] encoding to one such as utf-8, "
            "cp1252, latin-1 or utf-16."
        ) from None
    with opened(path) as file:
        mark = file.read(3)
    if mark.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if mark.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    return {"utf-8-sig": "utf-8", "utf_8_sig": "utf-8", "utf-16": "utf-16-le"}.get(name, name)


def native(name: str) -> str | None:
    """Return what DuckDB calls a codec, or None where it cannot read it."""
    return _NATIVE.get(name)


def head(path: Path, name: str, size: int) -> tuple[str, bool]:
    """Return the first characters of a file, and whether that is all of it.

    Args:
        path: the file, maybe packed with gzip.
        name: its codec.
        size: bytes to look at.

    Raises:
        SourceError: the bytes are not of that encoding.
    """
    with opened(path) as file:
        block = file.read(size + 1)
    whole = len(block) <= size
    decoder = codecs.getincrementaldecoder(name)()
    try:
        return decoder.decode(block[:size], final=whole).removeprefix("\ufeff"), whole
    except UnicodeDecodeError as error:
        line = block[: error.start].count(b"\n") + 1
        raise wrong(path.name, name, line) from None


def wrong(origin: str, name: str, line: int | None = None) -> SourceError:
    """Return the error that a file is not of its encoding."""
    where = f", line {line}" if line else ""
    return SourceError(
        f"{origin}{where}: the bytes are not {name}. Set [source] encoding to the file's own, "
        'such as encoding = "cp1252" for one from Windows or "latin-1".'
    )


@contextmanager
def copied(path: Path, name: str) -> Iterator[Path]:
    """Give a temporary copy in UTF-8 whose lines all end alike.

    Raises:
        SourceError: the bytes are not of that encoding.
    """
    with tempfile.TemporaryDirectory(prefix="segdb-") as folder:
        copy = Path(folder) / "copy.csv"
        reader = codecs.getreader(name)
        with opened(path) as file, copy.open("w", encoding="utf-8", newline="\n") as out:
            try:
                _same_ends(reader(file), out)
            except UnicodeDecodeError:
                raise wrong(path.name, name) from None
        yield copy


def opened(path: Path) -> BinaryIO:
    """Open a file for its bytes, unpacking gzip."""
    packed = path.suffix.lower() == ".gz"
    return cast("BinaryIO", gzip.open(path, "rb") if packed else path.open("rb"))


def _same_ends(source: codecs.StreamReader, out: IO[str]) -> None:
    held = ""
    while block := source.read(_BLOCK):
        block = held + block
        # A return at the end may be half of a line's end.
        held = "\r" if block.endswith("\r") else ""
        block = block.removesuffix(held) if held else block
        out.write(block.replace("\r\n", "\n").replace("\r", "\n"))
    out.write("\n" if held else "")
