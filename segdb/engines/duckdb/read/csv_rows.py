"""CSV rows: text files of a known layout into a table, without losing a line unsaid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from segdb.engines.duckdb.read import encoding, quotes
from segdb.engines.duckdb.read.csv_dialect import Layout
from segdb.engines.duckdb.read.files import PACKED, Files
from segdb.errors import SourceError
from segdb.sql_text import literal, quoted

if TYPE_CHECKING:
    from segdb.engines.duckdb.database import DuckDB

_REJECTS, _SCANS = "segdb_reject_errors", "segdb_reject_scans"
_KEEPING = (
    f"store_rejects = true, rejects_limit = 0, rejects_table = '{_REJECTS}', "
    f"rejects_scan = '{_SCANS}'"
)
# With several threads, good lines beside a bad quote would go as well.
DROPPING = "ignore_errors = true, parallel = false"
# The engine's own buffer, and how large it may grow to hold a file with quotes whole.
_BUFFER, _MOST = 32_000_000, 256_000_000
# The engine keeps no more than this of a line it could not read.
_KEPT = 10_000


@dataclass(frozen=True)
class Batch:
    """Files that are read by one statement: they are of one layout, and hold no quotes; or one.

    Attributes:
        paths: of the files.
        layout: of each of them.
        marks: what they hold that misleads a reader.
        guessed: whether nobody has said their encoding, and none was decided on.
    """

    paths: tuple[Path, ...]
    layout: Layout
    marks: quotes.Marks = quotes.NONE
    guessed: bool = False

    @property
    def readable(self) -> bool:
        """Whether the engine can read the files themselves."""
        native = encoding.native(self.layout.codec) is not None
        return native and not self.layout.folded and not self.layout.fallback


# Several errors of one line are one line; a bad quote may have taken several lines with it.
_LINES = f"""
SELECT CAST(line + place - 1 AS BIGINT) AS line, rtrim(piece, chr(13)) AS row
FROM (
    SELECT file_id, line, unnest(pieces) AS piece, unnest(range(1, len(pieces) + 1)) AS place
    FROM (
        SELECT
            file_id, line,
            string_split(trim(first(csv_line), chr(13) || chr(10)), chr(10)) AS pieces
        FROM {_REJECTS} GROUP BY file_id, line
    )
)
WHERE trim(piece, chr(13)) <> ''
ORDER BY file_id, line
"""  # noqa: S608


def append(store: DuckDB, relation: str, batch: Batch) -> tuple[bool, int]:
    """Read a batch into a table.

    Returns:
        Whether the engine could do so without a copy of a file, and how many lines had NUL bytes.

    Raises:
        SourceError: a value in quotes is never closed, or the bytes are of another encoding.
    """
    if batch.readable:
        try:
            _insert(store, relation, batch, batch.paths, batch.layout.codec)
        except duckdb.InvalidInputException as error:
            # Lines that end in different ways: of several files only those are copied.
            if "state machine" not in str(error):
                raise
        else:
            return True, batch.marks.nul_lines
    if len(batch.paths) > 1:
        each = [append(store, relation, replace(batch, paths=(path,))) for path in batch.paths]
        return all(readable for readable, _ in each), sum(lines for _, lines in each)
    layout = batch.layout
    with encoding.copied(batch.paths[0], layout.codec, layout.fallback) as copy:
        marks = quotes.count(copy, "utf-8")
        _insert(store, relation, replace(batch, marks=marks), (copy,), "utf-8")
    return False, marks.nul_lines


def _insert(store: DuckDB, relation: str, batch: Batch, files: Sequence[Path], codec: str) -> None:
    """Read a batch in one of the ways in which the engine loses nothing.

    Of values in quotes that hold a line's end, DuckDB 1.5 and 2.0 lose rows without a word where
    several threads meet the end of a buffer; of a value never closed, one thread says nothing.

    Args:
        store: the database.
        relation: where the rows go.
        batch: what is read.
        files: its files, or a copy of the one it is.
        codec: of those.
    """
    options, size = _KEEPING, files[0].stat().st_size
    if batch.marks.quotes and (size > _MOST or files[0].suffix.lower() in PACKED):
        options += ", parallel = false"
        delimiter = batch.layout.delimiter
        line = quotes.left_open(files[0], codec, delimiter) if batch.marks.quotes % 2 else None
        if line is not None:
            raise _never_closed(f"{batch.paths[0].name}, line {line}")
    elif batch.marks.quotes and 2 * size > _BUFFER:
        options += f", buffer_size = {2 * size}"
    for name in (_REJECTS, _SCANS):
        store.execute(f"DROP TABLE IF EXISTS temp.{name}")
    patterns = ", ".join(Files.of(file).live for file in files)
    native = encoding.native(codec) or codec
    names = batch.layout.names
    select = select_rows(
        batch.layout, f"[{patterns}]", native, options, nul=batch.marks.nul_lines > 0
    )
    columns = ", ".join(map(quoted, names))
    store.execute(f"INSERT INTO {quoted(relation)} ({columns}) {select}")
    _check_rejects(store, batch)
    store.execute(f"INSERT INTO {rejected(relation)} {_LINES}")


def rejected(relation: str) -> str:
    """Return the name of the table of the lines that are no rows."""
    return relation.replace("_raw", "_unreadable")


def select_rows(layout: Layout, path: str, encoded: str, options: str, *, nul: bool) -> str:
    """Return a SELECT of the rows of files.

    Args:
        layout: how they are laid out.
        path: SQL of their paths.
        encoded: what the engine calls their encoding.
        options: of ``read_csv``.
        nul: whether values may hold NUL bytes, which are left out.
    """
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in layout.names)
    reader = (
        f"read_csv({path}, auto_detect = false, delim = {literal(layout.delimiter)}, "
        f"quote = '\"', escape = '\"', header = {str(layout.header).lower()}, "
        f"skip = {layout.skip}, encoding = '{encoded}', columns = {{{columns}}}, {options})"
    )
    if not nul:
        return f"SELECT * FROM {reader}"  # noqa: S608
    values = ", ".join(
        f"nullif(replace({quoted(name)}, chr(0), ''), '') AS {quoted(name)}"
        for name in layout.names
    )
    return f"SELECT {values} FROM {reader}"  # noqa: S608


def _check_rejects(store: DuckDB, batch: Batch) -> None:
    """Raise where a reject means more than its own line."""
    marks = "length(csv_line) - length(replace(csv_line, '\"', ''))"
    worst = store.rows(
        f"SELECT line, csv_line, file_path, error_type = 'INVALID ENCODING' AS encoding "  # noqa: S608
        f"FROM {_REJECTS} JOIN {_SCANS} USING (scan_id, file_id) "
        "WHERE error_type = 'INVALID ENCODING' OR (contains(csv_line, chr(10)) "
        f"AND (length(csv_line) >= {_KEPT} OR ({marks}) % 2 = 1)) ORDER BY encoding DESC, line "
        "LIMIT 1"
    )
    if not worst:
        return
    # Of a copy the path is another.
    several = len(batch.paths) > 1
    name = Path(worst[0]["file_path"]).name if several else batch.paths[0].name
    if worst[0]["encoding"]:
        wrong = encoding.wrong(name, batch.layout.codec, worst[0]["line"])
        raise encoding.NotUtf8Error(str(wrong)) if batch.guessed else wrong
    text = worst[0]["csv_line"].strip().splitlines()[0]
    raise _never_closed(f"{name}, line {worst[0]['line']}", f": {text[:80]!r}")


def _never_closed(where: str, text: str = "") -> SourceError:
    return SourceError(
        f"{where}: a value in quotes is opened and never closed{text}. Close the quote, or write "
        "a quote within a value twice."
    )
