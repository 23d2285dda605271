"""Text: csv files and their kin, read once, every value as it was written.

Every line that does not fit the header is kept as unreadable; a file of which the engine would
lose lines without a word is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from segdb.compile import literal, quoted
from segdb.errors import SourceError
from segdb.settings import Source
from segdb.store import encoding
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
# Below it, several threads gain nothing.
_LARGE = 32 << 20
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
        _check_end(store, relation, path, layout)
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
    options = f"{_KEEPING}, parallel = {str(_splittable(path)).lower()}"
    if native is not None:
        try:
            _insert(store, relation, _reader(layout, _exactly(path), native, options))
        except duckdb.InvalidInputException as error:
            # Lines that end in different ways.
            if "state machine" not in str(error):
                raise
        else:
            return True
    with encoding.copied(path, layout.codec) as copy:
        _insert(store, relation, _reader(layout, _exactly(copy), "utf-8", options))
    return False


def _insert(store: DuckDB, relation: str, reader: str) -> None:
    for name in (_REJECTS, _SCANS):
        store.execute(f"DROP TABLE IF EXISTS temp.{name}")
    store.execute(f"INSERT INTO {quoted(relation)} SELECT * FROM {reader}")  # noqa: S608


def _exactly(path: Path) -> str:
    return literal(Files.of(path).pattern)


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


def _splittable(path: Path) -> bool:
    """Whether several threads may read the file.

    DuckDB 1.5 and 2.0 then lose rows without a word where a value in quotes holds a line's end.
    """
    return path.stat().st_size >= _LARGE and not encoding.holds(path, b'"')


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
    quotes = "length(csv_line) - length(replace(csv_line, '\"', ''))"
    worst = store.rows(
        f"SELECT line, csv_line, error_type = 'INVALID ENCODING' AS encoding FROM {_REJECTS} "  # noqa: S608
        "WHERE error_type = 'INVALID ENCODING' OR (contains(csv_line, chr(10)) "
        f"AND (length(csv_line) >= {_KEPT} OR ({quotes}) % 2 = 1)) ORDER BY encoding DESC, line "
        "LIMIT 1"
    )
    if worst and worst[0]["encoding"]:
        raise encoding.wrong(path.name, layout.codec, worst[0]["line"])
    if worst:
        text = worst[0]["csv_line"].strip().splitlines()[0]
        raise _never_closed(f"{path.name}, line {worst[0]['line']}", text)


def _check_end(store: DuckDB, relation: str, path: Path, layout: Layout) -> None:
    """Raise where the last value took the rest of the file: only a quote ends one of lines."""
    last = quoted(layout.names[-1])
    rows = store.rows(
        f"SELECT {last} AS value FROM {quoted(relation)} ORDER BY rowid DESC LIMIT 1"  # noqa: S608
    )
    value = (rows[0]["value"] or "").rstrip() if rows else ""
    if "\n" in value and encoding.tail(path, layout.codec).endswith(value[-100:]):
        raise _never_closed(f"{path.name}, the last value", value.splitlines()[0])


def _never_closed(where: str, text: str) -> SourceError:
    return SourceError(
        f"{where}: a value in quotes is opened and never closed; it begins with {text[:80]!r}. Close the quote, "
        "or write a quote within a value twice."
    )
