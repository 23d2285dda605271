"""Text: csv files and their kin, read once, every value as it was written.

The engine's sniffer is not asked: it takes a ragged file for one column and guesses dates. The
delimiter is decided here, and every line that does not fit the header is kept as unreadable.
"""

from __future__ import annotations

import csv
import io
import re
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import duckdb

from segdb.compile import literal, quoted
from segdb.errors import SourceError
from segdb.settings import Source
from segdb.store import encoding, header
from segdb.store.duckdb import DuckDB
from segdb.store.files import Files
from segdb.store.raw import Raw, forget

_SAMPLE = 256 * 1024
_DELIMITERS = (",", ";", "\t", "|")
_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_REJECTS, _SCANS = "segdb_reject_errors", "segdb_reject_scans"
_KEEPING = (
    f"store_rejects = true, rejects_limit = 0, rejects_table = '{_REJECTS}', "
    f"rejects_scan = '{_SCANS}'"
)
_DROPPING = "ignore_errors = true, parallel = false"
# Below it, several threads gain nothing.
_LARGE = 32 << 20
# The engine keeps no more than this of a line it could not read.
_KEPT = 10_000


@dataclass(frozen=True)
class _Layout:
    delimiter: str
    names: tuple[str, ...]
    # Lines before the header.
    skip: int
    codec: str
    # A line's end within a name of the header misleads the engine.
    folded: bool


def read_text(store: DuckDB, relation: str, found: Files, settings: Source) -> Raw:
    """Read csv files of one layout into a temporary table of VARCHAR columns.

    Raises:
        SourceError: the files are empty, of different columns, of another encoding, have no
            header or no clear delimiter, or a quoted value is never closed.
    """
    layouts = [_layout(path, settings) for path in found.paths]
    first = layouts[0]
    for path, layout in zip(found.paths, layouts, strict=True):
        if layout != first:
            raise _different(found, first, path, layout)
    for name in (_REJECTS, _SCANS):
        forget(store, name)
    native = None if first.folded else encoding.native(first.codec)
    definition = None
    options = _KEEPING + f", parallel = {str(_splittable(found)).lower()}"
    if native is not None:
        live = _reader(first, literal(found.pattern), native, _DROPPING)
        definition = f"SELECT * FROM {live}"  # noqa: S608
    if native is None or not _tried(store, relation, _reader(first, found.sql, native, options)):
        definition = None
        with ExitStack() as stack:
            copies = [
                stack.enter_context(encoding.copied(path, first.codec)) for path in found.paths
            ]
            paths = "[" + ", ".join(literal(str(copy)) for copy in copies) + "]"
            store.table(relation, f"SELECT * FROM {_reader(first, paths, 'utf-8', options)}")  # noqa: S608
    _check_rejects(store, found, first)
    unreadable = store.table(relation.replace("_raw", "_unreadable"), _LINES)
    lines = int(store.rows(unreadable.agg(n=unreadable.count()))[0]["n"])
    rows = int(store.rows(f"SELECT count(*) AS n FROM {quoted(relation)}")[0]["n"])  # noqa: S608
    if not rows:
        below = f"{lines:,} lines that do not fit it" if lines else "no rows"
        raise SourceError(f"{found.origin} has a header and {below}.")
    table = store.unbound(quoted(relation), relation)
    return Raw(table, found.origin, definition, unreadable if lines else None)


# Several errors of one line are one line; a bad quote may have taken several lines with it.
_LINES = f"""
SELECT CAST(line + place - 1 AS BIGINT) AS line, rtrim(piece, chr(13)) AS row
FROM (
    SELECT line, unnest(pieces) AS piece, unnest(range(1, len(pieces) + 1)) AS place
    FROM (
        SELECT file_id, line,
            string_split(trim(first(csv_line), chr(13) || chr(10)), chr(10)) AS pieces
        FROM {_REJECTS} GROUP BY scan_id, file_id, line
    )
)
WHERE trim(piece, chr(13)) <> ''
ORDER BY line
"""  # noqa: S608


def _reader(layout: _Layout, paths: str, encoded: str, options: str) -> str:
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in layout.names)
    return (
        f"read_csv({paths}, auto_detect = false, delim = {literal(layout.delimiter)}, "
        f"quote = '\"', escape = '\"', header = true, skip = {layout.skip}, "
        f"encoding = '{encoded}', columns = {{{columns}}}, {options})"
    )


def _splittable(found: Files) -> bool:
    """Whether several threads may read the files.

    DuckDB 1.5 and 2.0 then lose rows without a word where a value in quotes holds a line's end.
    """
    if all(path.stat().st_size < _LARGE for path in found.paths):
        return False
    return not any(encoding.holds(path, b'"') for path in found.paths)


def _tried(store: DuckDB, relation: str, reader: str) -> bool:
    try:
        store.table(relation, f"SELECT * FROM {reader}")  # noqa: S608
    except duckdb.InvalidInputException as error:
        # Lines that end in different ways.
        if "state machine" not in str(error):
            raise
        return False
    return True


def _layout(path: Path, settings: Source) -> _Layout:
    name = encoding.codec(path, settings.encoding)
    sample, whole = encoding.head(path, name, _SAMPLE)
    if not sample.strip():
        raise SourceError(f"{path.name} is empty.")
    lines = sample.splitlines(keepends=True)
    skip = next(place for place, line in enumerate(lines) if line.strip())
    delimiter = settings.delimiter
    # The line that Excel writes to tell itself the delimiter.
    told = re.fullmatch(r"sep=(.)\s*", lines[skip])
    if told:
        skip, delimiter = skip + 1, delimiter or told[1]
    body = "".join(lines[skip:])
    if delimiter is None:
        delimiter = _delimiter(body, whole, path.name)
    written = next(iter(_records(body, delimiter, whole)), [])
    names = header.unique(written, path.name)
    folded = any("\n" in name or "\r" in name for name in written)
    return _Layout(delimiter, names, skip, name, folded)


def _delimiter(body: str, whole: bool, origin: str) -> str:
    """Return the delimiter that divides nearly all lines into as many fields as the header."""
    fits: dict[str, tuple[int, float]] = {}
    for candidate in _DELIMITERS:
        records = _records(body, candidate, whole)
        if records and len(records[0]) > 1:
            fields, rest = len(records[0]), records[1:]
            fitting = sum(
                len(record) == fields or (len(record) == fields + 1 and not record[-1])
                for record in rest
            )
            fits[candidate] = (fields, fitting / len(rest) if rest else 1.0)
    if not fits:
        return ","
    good = [candidate for candidate, (_, share) in fits.items() if share >= 0.9]
    good = good or [candidate for candidate, (_, share) in fits.items() if share >= 0.5]
    most = max((fits[candidate][0] for candidate in good), default=0)
    best = [candidate for candidate in good if fits[candidate][0] == most]
    if len(best) == 1:
        return best[0]
    tried = ", ".join(_NAMES[candidate] for candidate in best or fits)
    why = (
        f"its lines could be divided by {tried.replace(', ', ' or ')} alike"
        if best
        else f"most lines have another number of fields than the header (tried: {tried})"
    )
    raise SourceError(
        f'{origin}: {why}. Set the delimiter in [source], such as delimiter = ";", and check '
        "that the first line names the columns."
    )


def _records(body: str, delimiter: str, whole: bool) -> list[list[str]]:
    try:
        rows = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter)
        records = [record for record in rows if record]
    except csv.Error:
        return []
    # The last record is cut by the end of the sample, or swallowed by a quote left open.
    cut = not whole or body.count('"') % 2 == 1
    return records[:-1] if cut and len(records) > 1 else records


def _different(found: Files, first: _Layout, path: Path, layout: _Layout) -> SourceError:
    own, others = set(first.names), set(layout.names)
    differ = sorted(own ^ others)
    what = f"'{differ[0]}' is not in both" if differ else "in order, delimiter or encoding"
    return SourceError(
        f"The files of {found.origin} have different columns: {found.paths[0].name} and "
        f"{path.name} ({what}). Name files of one layout, or give a SELECT that joins them."
    )


def _check_rejects(store: DuckDB, found: Files, layout: _Layout) -> None:
    """Raise where a reject means more than its own line."""
    quotes = "length(csv_line) - length(replace(csv_line, '\"', ''))"
    worst = store.rows(
        f"SELECT e.line, s.file_path, e.csv_line, error_type = 'INVALID ENCODING' AS encoding "  # noqa: S608
        f"FROM {_REJECTS} e JOIN {_SCANS} s USING (scan_id, file_id) "
        "WHERE error_type = 'INVALID ENCODING' OR (contains(csv_line, chr(10)) "
        f"AND (length(csv_line) >= {_KEPT} OR ({quotes}) % 2 = 1)) ORDER BY encoding DESC, line "
        "LIMIT 1"
    )
    if not worst:
        return
    copied = encoding.native(layout.codec) is None or layout.folded
    name = found.origin if copied else Path(worst[0]["file_path"]).name
    if worst[0]["encoding"]:
        raise encoding.wrong(name, layout.codec, worst[0]["line"])
    text = worst[0]["csv_line"].strip().splitlines()[0]
    raise SourceError(
        f"{name}, line {worst[0]['line']}: a value in quotes is opened and never closed: "
        f"{text[:80]!r}. Close the quote, or write a quote within a value twice."
    )
