"""Text: csv files and their kin, read once, every value as it was written.

Every line that does not fit the header is kept as unreadable; a file of which the engine would
lose lines without a word is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from segdb.compile import literal, quoted
from segdb.errors import SourceError
from segdb.settings import Source
from segdb.store import encoding, quotes
from segdb.store.duckdb import DuckDB
from segdb.store.files import Files
from segdb.store.layout import Layout, detect
from segdb.store.raw import Raw

_REJECTS, _SCANS = "segdb_reject_errors", "segdb_reject_scans"
_KEEPING = (
    f"store_rejects = true, rejects_limit = 0, rejects_table = '{_REJECTS}', "
    f"rejects_scan = '{_SCANS}'"
)
# With several threads, good lines beside a bad quote would go as well.
_DROPPING = "ignore_errors = true, parallel = false"
# The engine's own buffer, and how large it may grow to hold a file with quotes whole.
_BUFFER, _MOST = 32_000_000, 256_000_000
# The engine keeps no more than this of a line it could not read.
_KEPT = 10_000


def read_text(store: DuckDB, relation: str, found: Files, settings: Source) -> Raw:
    """Read csv files of the same columns into a temporary table of VARCHAR columns.

    Raises:
        SourceError: the files are empty, of different columns, of another encoding, have no
            header or no clear delimiter, or a quoted value is never closed.
    """
    layouts = [detect(path, settings) for path in found.paths]
    _check_same(found, layouts)
    names = layouts[0].names
    _create(store, relation, names)
    rejected = relation.replace("_raw", "_unreadable")
    store.execute(f"CREATE OR REPLACE TEMP TABLE {rejected} (line BIGINT, row VARCHAR)")
    readable = True
    for path, layout in zip(found.paths, layouts, strict=True):
        readable &= _append(store, relation, path, layout)
        _check_rejects(store, path, layout)
        store.execute(f"INSERT INTO {rejected} {_LINES}")
    rows, lines = (
        int(store.rows(f"SELECT count(*) AS n FROM {quoted(name)}")[0]["n"])  # noqa: S608
        for name in (relation, rejected)
    )
    if not rows:
        below = f"{lines:,} lines that do not fit it" if lines else "no rows"
        raise SourceError(f"{found.origin} has a header and {below}.")
    table = store.unbound(quoted(relation), relation)
    unreadable = store.unbound(rejected, rejected) if lines else None
    live = _live(found, layouts[0]) if readable and len(set(layouts)) == 1 else None
    return Raw(table, found.origin, live, unreadable)


# Several errors of one line are one line; a bad quote may have taken several lines with it.
_LINES = f"""
SELECT CAST(line + place - 1 AS BIGINT) AS line, rtrim(piece, chr(13)) AS row
FROM (
    SELECT line, unnest(pieces) AS piece, unnest(range(1, len(pieces) + 1)) AS place
    FROM (
        SELECT line, string_split(trim(first(csv_line), chr(13) || chr(10)), chr(10)) AS pieces
        FROM {_REJECTS} GROUP BY line
    )
)
WHERE trim(piece, chr(13)) <> ''
ORDER BY line
"""  # noqa: S608


def _create(store: DuckDB, relation: str, names: Sequence[str]) -> None:
    columns = ", ".join(f"{quoted(name)} VARCHAR" for name in names)
    store.execute(f"CREATE OR REPLACE TEMP TABLE {quoted(relation)} ({columns})")


def _append(store: DuckDB, relation: str, path: Path, layout: Layout) -> bool:
    """Read one file; return whether the engine could do so without a copy of it."""
    native = None if layout.folded else encoding.native(layout.codec)
    if native is not None:
        try:
            _insert(store, relation, path, layout, native)
        except duckdb.InvalidInputException as error:
            # Lines that end in different ways.
            if "state machine" not in str(error):
                raise
        else:
            return True
    with encoding.copied(path, layout.codec) as copy:
        _insert(store, relation, copy, replace(layout, codec="utf-8"), "utf-8")
    return False


def _insert(store: DuckDB, relation: str, path: Path, layout: Layout, encoded: str) -> None:
    """Read a file in one of the ways in which the engine loses nothing.

    Of values in quotes that hold a line's end, DuckDB 1.5 and 2.0 lose rows without a word where
    several threads meet the end of a buffer; of a value never closed, one thread says nothing.
    """
    quoted_values, size = quotes.count(path), path.stat().st_size
    options = _KEEPING
    if quoted_values and (size > _MOST or path.suffix == ".gz"):
        options += ", parallel = false"
        line = quotes.left_open(path, layout.codec, layout.delimiter) if quoted_values % 2 else None
        if line is not None:
            raise _never_closed(f"{path.name}, line {line}")
    elif quoted_values and 2 * size > _BUFFER:
        options += f", buffer_size = {2 * size}"
    for name in (_REJECTS, _SCANS):
        store.execute(f"DROP TABLE IF EXISTS temp.{name}")
    reader = _reader(layout, literal(Files.of(path).pattern), encoded, options)
    store.execute(f"INSERT INTO {quoted(relation)} SELECT * FROM {reader}")  # noqa: S608


def _live(found: Files, layout: Layout) -> str:
    native = encoding.native(layout.codec) or "utf-8"
    reader = _reader(layout, literal(found.pattern), native, _DROPPING)
    return f"SELECT * FROM {reader}"  # noqa: S608


def _reader(layout: Layout, path: str, encoded: str, options: str) -> str:
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in layout.names)
    return (
        f"read_csv({path}, auto_detect = false, delim = {literal(layout.delimiter)}, "
        f"quote = '\"', escape = '\"', header = true, skip = {layout.skip}, "
        f"encoding = '{encoded}', columns = {{{columns}}}, {options})"
    )


def _check_same(found: Files, layouts: Sequence[Layout]) -> None:
    first = layouts[0]
    for path, layout in zip(found.paths, layouts, strict=True):
        if layout.names != first.names:
            differ = sorted(set(first.names) ^ set(layout.names))
            what = f"'{differ[0]}' is not in both" if differ else "in another order"
            raise SourceError(
                f"The files of {found.origin} have different columns: {found.paths[0].name} and "
                f"{path.name} ({what}). Name files of one layout, or give a SELECT that joins "
                "them."
            )


def _check_rejects(store: DuckDB, path: Path, layout: Layout) -> None:
    """Raise where a reject means more than its own line."""
    marks = "length(csv_line) - length(replace(csv_line, '\"', ''))"
    worst = store.rows(
        f"SELECT line, csv_line, error_type = 'INVALID ENCODING' AS encoding FROM {_REJECTS} "  # noqa: S608
        "WHERE error_type = 'INVALID ENCODING' OR (contains(csv_line, chr(10)) "
        f"AND (length(csv_line) >= {_KEPT} OR ({marks}) % 2 = 1)) ORDER BY encoding DESC, line "
        "LIMIT 1"
    )
    if worst and worst[0]["encoding"]:
        raise encoding.wrong(path.name, layout.codec, worst[0]["line"])
    if worst:
        text = worst[0]["csv_line"].strip().splitlines()[0]
        raise _never_closed(f"{path.name}, line {worst[0]['line']}", f": {text[:80]!r}")


def _never_closed(where: str, text: str = "") -> SourceError:
    return SourceError(
        f"{where}: a value in quotes is opened and never closed{text}. Close the quote, or write "
        "a quote within a value twice."
    )
