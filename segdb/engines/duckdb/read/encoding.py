"""Encoding: the characters of a text file, and a copy the engine can read where it cannot."""

from __future__ import annotations

import codecs
import gzip
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, cast

import pyarrow as pa

from segdb.errors import SettingsError, SourceError

# What the settings say where the bytes are to tell.
AUTO = "auto"

# Codec = what DuckDB calls it; it reads others only with an extension, which would be a download.
_NATIVE = {"utf-8": "utf-8", "ascii": "utf-8", "iso8859-1": "latin-1", "utf-16-le": "utf-16"}
_BLOCK = 1 << 20
_START = 4096


class NotUtf8Error(SourceError):
    """A file whose encoding nobody has set is not UTF-8, as was taken for granted."""


def codec(path: Path, encoding: str) -> str:
    """Return the Python codec of a file: the one that was set, unless a byte order mark tells.

    Where nothing is set it is UTF-8, or UTF-16 if every other byte of its beginning is zero.

    Raises:
        SettingsError: there is no such encoding.
    """
    try:
        name = codecs.lookup("utf-8" if encoding == AUTO else encoding).name
    except LookupError:
        raise SettingsError(
            f"There is no encoding '{encoding}'. Set [source] encoding to auto, or to one such as "
            "utf-8, cp1252, latin-1 or utf-16."
        ) from None
    with opened(path) as file:
        start = file.read(_START)
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if start.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if start.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    if encoding == AUTO and not start.startswith(codecs.BOM_UTF8):
        return _utf16(start) or name
    return {"utf-8-sig": "utf-8", "utf_8_sig": "utf-8", "utf-16": "utf-16-le"}.get(name, name)


def _utf16(start: bytes) -> str | None:
    """Return which UTF-16 bytes without a mark are in; None where they are in none.

    Delimiters, digits and line ends have a zero byte each, all on the same side.
    """
    even, odd = start[::2].count(0), start[1::2].count(0)
    name = "utf-16-le" if odd > even else "utf-16-be"
    if max(even, odd) < len(start) / 20 or min(even, odd) > max(even, odd) / 20:
        return None
    try:
        text = start[: len(start) // 2 * 2].decode(name)
    except UnicodeDecodeError as error:
        # The last character may be cut in half.
        text = error.object[: error.start].decode(name)
        if error.start < len(start) - 4:
            return None
    return None if "\0" in text else name


def native(name: str) -> str | None:
    """Return what DuckDB calls a codec, or None where it cannot read it."""
    return _NATIVE.get(name)


def head(path: Path, name: str, size: int, fallback: str | None = None) -> tuple[str, bool]:
    """Return the first characters of a file, and whether that is all of it.

    Args:
        path: the file, maybe packed with gzip or zstandard.
        name: its codec.
        size: bytes to look at.
        fallback: the codec of the lines that are not of that one.

    Raises:
        SourceError: the bytes are not of that encoding.
    """
    with opened(path) as file:
        block = file.read(size + 1)
    whole = len(block) <= size
    decoder = codecs.getincrementaldecoder(name)()
    try:
        if fallback:
            lines = block if whole else block[:size].rpartition(b"\n")[0]
            return "".join(_by_line([lines], fallback)).removeprefix("\ufeff"), whole
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
def copied(path: Path, name: str, fallback: str | None = None) -> Iterator[Path]:
    """Give a temporary copy in UTF-8 whose lines all end alike.

    Args:
        path: the file.
        name: its codec.
        fallback: the codec of the lines that are not UTF-8, in a file where most are.

    Raises:
        SourceError: the bytes are not of that encoding.
    """
    with tempfile.TemporaryDirectory(prefix="segdb-") as folder:
        copy = Path(folder) / "copy.csv"
        with opened(path) as file, copy.open("w", encoding="utf-8", newline="\n") as out:
            try:
                if fallback:
                    _same_ends(_by_line(blocks_of(file), fallback), out)
                else:
                    _same_ends(_decoded(file, name), out)
            except UnicodeError:
                raise wrong(path.name, name) from None
        yield copy


def opened(path: Path) -> BinaryIO:
    """Open a file for its bytes, unpacking gzip and zstandard."""
    suffix = path.suffix.lower()
    if suffix == ".zst":
        return cast("BinaryIO", pa.input_stream(str(path), compression="zstd"))
    return cast("BinaryIO", gzip.open(path, "rb") if suffix == ".gz" else path.open("rb"))


def blocks_of(file: BinaryIO) -> Iterator[bytes]:
    """Give the bytes of a file in blocks that end with a line."""
    rest = b""
    while block := file.read(_BLOCK):
        lines, end, rest = (rest + block).rpartition(b"\n")
        if end:
            yield lines + end
    if rest:
        yield rest


def _decoded(file: BinaryIO, name: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(name)()
    while block := file.read(_BLOCK):
        yield decoder.decode(block)
    yield decoder.decode(b"", final=True)


def _by_line(blocks: Iterable[bytes], fallback: str) -> Iterator[str]:
    for block in blocks:
        try:
            yield block.decode("utf-8")
        except UnicodeDecodeError:
            for line in block.splitlines(keepends=True):
                try:
                    yield line.decode("utf-8")
                except UnicodeDecodeError:
                    yield line.decode(fallback)


def _same_ends(source: Iterable[str], out: IO[str]) -> None:
    pending = ""
    for read in source:
        block = pending + read
        # A return at the end may be half of a line's end.
        pending = "\r" if block.endswith("\r") else ""
        block = block.removesuffix(pending) if pending else block
        out.write(block.replace("\r\n", "\n").replace("\r", "\n"))
    out.write("\n" if pending else "")
