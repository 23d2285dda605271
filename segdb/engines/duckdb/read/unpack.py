"""Unpack: what archives hold, as temporary files that the readers can open.

Nothing is written by the name that an archive gives it, and no more than the settings allow.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import IO, cast

import pyarrow as pa

from segdb.config.source_section import FileOptions
from segdb.engines.duckdb.read import files
from segdb.engines.duckdb.read.files import ARCHIVES, JSON, KNOWN, PACKED, TEXT, Files
from segdb.errors import SourceError

_BLOCK = 1 << 20
_UNITS = {"K": 1, "M": 2, "G": 3, "T": 4}
# What macOS and Windows add to a folder.
_JUNK = re.compile(r"(^|/)(__MACOSX/|\.[^/]*$|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)


@contextmanager
def unpacked(packed: Files, options: FileOptions) -> Iterator[tuple[Files, tuple[str, ...]]]:
    """Give the files to read: those that were found, or temporary copies of what they pack.

    Args:
        packed: files of one kind.
        options: how much may be unpacked.

    Yields:
        The files, and in words what was unpacked. The copies are gone afterwards.

    Raises:
        SourceError: an archive is broken or encrypted, holds more than may be unpacked, or nothing
            that can be read, or files of several kinds.
    """
    if not any(_needs_unpacking(path, packed.suffix) for path in packed.paths):
        yield packed, ()
        return
    with tempfile.TemporaryDirectory(prefix="segdb-") as name:
        room = _Room(Path(name), options)
        paths, notes = [], []
        for path in packed.paths:
            members = _unpack(path, packed.suffix, room)
            paths += members
            if len(members) > 1:
                notes.append(f"{path.name}: {len(members):,} files read together")
        suffixes = {files.kind_of(path) for path in paths}
        if len(suffixes) > 1:
            raise SourceError(
                f"{packed.origin} holds files of several kinds: "
                f"{_listed([path.name for path in paths])}. "
                "Unpack it, and name those that are meant."
            )
        inner = replace(packed, paths=tuple(paths), suffix=suffixes.pop(), unpacked=True)
        yield inner, tuple(notes)


def _needs_unpacking(path: Path, suffix: str) -> bool:
    packing = path.suffix.lower()
    return packing in ARCHIVES or (packing in PACKED and suffix not in TEXT | JSON)


class _Room:
    """A folder, and how much more may be written to it."""

    def __init__(self, folder: Path, options: FileOptions) -> None:
        amount = re.fullmatch(r"([\d.]+) ?([KMGT])i?B", options.max_unpacked)
        assert amount  # noqa: S101 - the settings are validated
        self.folder = folder
        self.left = int(float(amount[1]) * 1024 ** _UNITS[amount[2]])
        self.options = options
        self.files = 0

    def write(self, source: IO[bytes], name: str, origin: str) -> Path:
        """Copy what is unpacked to a folder of its own; messages call it like the member."""
        self.files += 1
        folder = self.folder / str(self.files)
        folder.mkdir()
        target = folder / re.sub(r"[^\w.() -]", "_", name)[-100:]
        with target.open("xb") as out:
            while block := source.read(_BLOCK):
                self.left -= len(block)
                if self.left < 0 or shutil.disk_usage(folder).free < 2 * len(block):
                    why = (
                        f"holds more than {self.options.max_unpacked}"
                        if self.left < 0
                        else "does not fit into the folder for temporary files"
                    )
                    raise SourceError(
                        f"{origin} {why} when it is unpacked. Unpack it yourself and name the file "
                        f"in it, or if it is as it should be: "
                        f"{self.options.line('max_unpacked', '100GB')}."
                    )
                out.write(block)
        return target


def _unpack(path: Path, suffix: str, room: _Room) -> list[Path]:
    try:
        if path.suffix.lower() == ".zip":
            return _zip(path, room)
        if not _needs_unpacking(path, suffix):
            return [path]
        with _stream(path) as stream:
            return [room.write(stream, path.stem, path.name)]
    except (zipfile.BadZipFile, lzma.LZMAError, EOFError, zlib.error, NotImplementedError) as error:
        raise SourceError(f"{path.name} cannot be unpacked: {error}.") from None


def _stream(path: Path) -> IO[bytes]:
    suffix = path.suffix.lower()
    if suffix == ".bz2":
        return cast("IO[bytes]", bz2.open(path, "rb"))
    if suffix == ".xz":
        return cast("IO[bytes]", lzma.open(path, "rb"))
    if suffix == ".zst":
        return cast("IO[bytes]", pa.input_stream(str(path), compression="zstd"))
    return cast("IO[bytes]", gzip.open(path, "rb"))


def _zip(path: Path, room: _Room) -> list[Path]:
    with zipfile.ZipFile(path) as archive:
        members = [
            member
            for member in archive.infolist()
            if not member.is_dir() and not _JUNK.search(member.filename.replace("\\", "/"))
        ]
        names = [PurePosixPath(member.filename.replace("\\", "/")).name for member in members]
        readable = [
            (member, name)
            for member, name in zip(members, names, strict=True)
            if files.kind_of(Path(name)) in KNOWN and Path(name).suffix.lower() in KNOWN
        ]
        if not readable:
            raise SourceError(
                f"{path.name} holds no file that segdb reads: {_listed(names) or 'it is empty'}. "
                "Unpack it, and give a SELECT that reads what is in it."
            )
        if any(member.flag_bits & 1 for member, _ in readable):
            raise SourceError(f"{path.name} is encrypted. Unpack it, and name the file in it.")
        if len(readable) < len(members) and len({Path(name).suffix for _, name in readable}) > 1:
            raise SourceError(
                f"{path.name} holds files of several kinds: {_listed(names)}. Unpack it, and name "
                "those that are meant."
            )
        written = []
        for member, name in sorted(readable, key=lambda each: each[0].filename):
            with archive.open(member) as stream:
                written.append(room.write(stream, name, path.name))
        return written


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:6]) + (", …" if names[6:] else "")
