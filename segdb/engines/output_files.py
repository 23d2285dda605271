"""Output files: files for users, whole or not there, and only over what segdb has written itself.

Every kind of file but CSV has room for a mark by which it is known again: a comment, a generator,
a note in the metadata. A CSV has none, so one that is there is taken for someone else's.
"""

from __future__ import annotations

import os
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet

from segdb.errors import UserError, option

MARK = "Made by segdb"
# The key of the mark among a Parquet file's metadata.
PARQUET_KEY = "segdb"
# The mark stands among the first of these bytes.
_HEAD = 4096
_PNG = b"\x89PNG\r\n\x1a\n"
# A PNG's header chunk is of a fixed size and stands first.
_PNG_HEADER = len(_PNG) + 25
_BEGINNINGS = (
    b"# Made by segdb",
    b"-- Made by segdb",
    b"<!-- Made by segdb",
    b"-- Segments by the model of run ",
)
_HTML = (b"<!doctype html>", b'<meta name="generator" content="segdb">')
_SVG = (b"<svg ", b"<!-- Made by segdb -->")


def refuse_foreign(paths: Iterable[Path], *, force: bool, advice: str = "") -> None:
    """Refuse to write over a file that segdb did not write.

    Args:
        paths: the files that are about to be written.
        force: the user wants them written over.
        advice: how to name another place, as a sentence.

    Raises:
        UserError: one of them is there and carries no mark of segdb, or is no ordinary file.
    """
    for path in paths:
        try:
            if path.is_dir() or not os.path.lexists(path):
                continue  # a folder is refused where it is written to
            if path.exists() and not path.is_file():
                raise UserError(f"{path} is no ordinary file. {advice}".rstrip())
            if force or is_ours(path):
                continue
        except OSError as error:
            raise UserError(f"{path} cannot be looked at: {error.strerror}.") from None
        place = f" {advice}" if advice else " Name another file."
        raise UserError(
            f"{path} is there already, and nothing in it says that segdb wrote it.{place} "
            f"{option('force', True)} writes over it."
        )


def is_ours(path: Path) -> bool:
    """Whether a file carries segdb's mark."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith(b"PAR1"):
        try:
            return PARQUET_KEY.encode() in (pyarrow.parquet.read_metadata(path).metadata or {})
        except (pa.ArrowException, OSError):
            return False
    if head.startswith(_PNG):
        return head[_PNG_HEADER:].startswith(_note())
    marks = (_HTML, _SVG)
    return head.startswith(_BEGINNINGS) or any(
        head.startswith(first) and second in head for first, second in marks
    )


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a path beside a file, and put what was written there into its place at the end.

    Where the block fails, on a full disk or by Ctrl-C, the old file stays and nothing beside it.

    Raises:
        OSError: the folder cannot be made, or the file cannot be put there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(dir=path.parent, prefix=".segdb-")
    os.close(number)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def marked_svg(text: str) -> str:
    """Return an SVG with segdb's mark in it."""
    opening, end, rest = text.partition(">")
    return f"{opening}{end}<!-- {MARK} -->{rest}"


def marked_png(data: bytes) -> bytes:
    """Return a PNG with segdb's mark in it: a tEXt chunk behind the header (PNG, 11.3.3.2)."""
    return data[:_PNG_HEADER] + _note() + data[_PNG_HEADER:]


def _note() -> bytes:
    content = b"tEXt" + b"Software\0" + MARK.encode()
    length, check = len(content) - 4, zlib.crc32(content)
    return length.to_bytes(4, "big") + content + check.to_bytes(4, "big")


def _umask() -> int:
    # The mask can only be read by setting it.
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
