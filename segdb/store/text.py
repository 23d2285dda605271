"""Text: csv files and their kin, read once, every value as it was written.

Every line that does not fit the header is kept as unreadable; a file of which the engine would
lose lines without a word is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from segdb.compile import literal, quoted
from segdb.errors import SourceError
from segdb.settings import Source
from segdb.store import encoding, quotes
from segdb.store.duckdb import DuckDB
from segdb.store.files import Files
from segdb.store.layout import Layout, detect_each
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
    layouts = detect_each(found.paths, settings)
    _check_same(found, layouts)
    names = layouts[0].names
    _create(store, relation, names)
    rejected = _rejected(relation)
    store.execute(f"CREATE OR REPLACE TEMP TABLE {rejected} (line BIGINT, row VARCHAR)")
    readable = [_append(store, relation, batch) for batch in _batches(found.paths, layouts)]
    rows, lines = (
        int(store.rows(f"SELECT count(*) AS n FROM {quoted(name)}")[0]["n"])  # noqa: S608
        for name in (relation, rejected)
    )
    if not rows:
        below = f"{lines:,} lines that do not fit it" if lines else "no rows"
        raise SourceError(f"{found.origin} has a header and {below}.")
    table = store.unbound(quoted(relation), relation)
    unreadable = store.unbound(rejected, rejected) if lines else None
    live = _live(found, layouts[0]) if all(readable) and len(set(layouts)) == 1 else None
    return Raw(table, found.origin, live, unreadable)


@dataclass(frozen=True)
class _Batch:
    """Files that are read by one statement: they are of one layout, and hold no quotes; or one.

    Attributes:
        paths: of the files.
        layout: of each of them.
        quotes: how many quotation marks they hold; 0 of files that only a copy can be read of.
    """

    paths: tuple[Path, ...]
    layout: Layout
    quotes: int

    @property
    def readable(self) -> bool:
        """Whether the engine can read the files themselves."""
        return not self.layout.folded and encoding.native(self.layout.codec) is not None


def _batches(paths: Sequence[Path], layouts: Sequence[Layout]) -> list[_Batch]:
    """Return the files that can be read together, in the place of the first, and the others."""
    found: list[_Batch] = []
    together: dict[Layout, int] = {}
    for path, layout in zip(paths, layouts, strict=True):
        one = _Batch((path,), layout, 0)
        if not one.readable:
            found.append(one)
        elif marks := quotes.count(path, layout.codec):
            found.append(replace(one, quotes=marks))
        elif (place := together.setdefault(layout, len(found))) < len(found):
            found[place] = replace(found[place], paths=(*found[place].paths, path))
        else:
            found.append(one)
    return found


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


def _create(store: DuckDB, relation: str, names: Sequence[str]) -> None:
    columns = ", ".join(f"{quoted(name)} VARCHAR" for name in names)
    store.execute(f"CREATE OR REPLACE TEMP TABLE {quoted(relation)} ({columns})")


def _append(store: DuckDB, relation: str, batch: _Batch) -> bool:
    """Read a batch; return whether the engine could do so without a copy of a file."""
    if batch.readable:
        try:
            _insert(store, relation, batch, batch.paths, batch.layout.codec)
        except duckdb.InvalidInputException as error:
            # Lines that end in different ways: of several files only those are copied.
            if "state machine" not in str(error):
                raise
        else:
            return True
    if len(batch.paths) > 1:
        each = [replace(batch, paths=(path,)) for path in batch.paths]
        readable = [_append(store, relation, one) for one in each]
        return all(readable)
    with encoding.copied(batch.paths[0], batch.layout.codec) as copy:
        marks = quotes.count(copy, "utf-8")
        _insert(store, relation, replace(batch, quotes=marks), (copy,), "utf-8")
    return False


def _insert(store: DuckDB, relation: str, batch: _Batch, files: Sequence[Path], codec: str) -> None:
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
    if batch.quotes and (size > _MOST or files[0].suffix == ".gz"):
        options += ", parallel = false"
        delimiter = batch.layout.delimiter
        line = quotes.left_open(files[0], codec, delimiter) if batch.quotes % 2 else None
        if line is not None:
            raise _never_closed(f"{batch.paths[0].name}, line {line}")
    elif batch.quotes and 2 * size > _BUFFER:
        options += f", buffer_size = {2 * size}"
    for name in (_REJECTS, _SCANS):
        store.execute(f"DROP TABLE IF EXISTS temp.{name}")
    patterns = ", ".join(literal(Files.of(file).pattern) for file in files)
    native = encoding.native(codec) or codec
    reader = _reader(batch.layout, f"[{patterns}]", native, options)
    store.execute(f"INSERT INTO {quoted(relation)} SELECT * FROM {reader}")  # noqa: S608
    _check_rejects(store, batch)
    store.execute(f"INSERT INTO {_rejected(relation)} {_LINES}")


def _rejected(relation: str) -> str:
    return relation.replace("_raw", "_unreadable")


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


def _check_rejects(store: DuckDB, batch: _Batch) -> None:
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
        raise encoding.wrong(name, batch.layout.codec, worst[0]["line"])
    text = worst[0]["csv_line"].strip().splitlines()[0]
    raise _never_closed(f"{name}, line {worst[0]['line']}", f": {text[:80]!r}")


def _never_closed(where: str, text: str = "") -> SourceError:
    return SourceError(
        f"{where}: a value in quotes is opened and never closed{text}. Close the quote, or write "
        "a quote within a value twice."
    )
