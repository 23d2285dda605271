"""Text: csv files and their kin, read once, every value as it was written.

Every line that does not fit the header is kept as unreadable; a file of which the engine would
lose lines without a word is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segdb.checks.warning import DataWarning
from segdb.config.source_section import FileOptions
from segdb.engines.duckdb.read import encoding, quotes
from segdb.engines.duckdb.read.csv_dialect import Layout, detect_each
from segdb.engines.duckdb.read.csv_rows import DROPPING, Batch, append, rejected, select_rows
from segdb.engines.duckdb.read.files import Files
from segdb.engines.duckdb.read.guess_encoding import Decision, decide
from segdb.engines.duckdb.read.union import common_names, differences
from segdb.engines.raw_source import Raw
from segdb.errors import SourceError
from segdb.sql_text import quoted

if TYPE_CHECKING:
    from segdb.engines.duckdb.database import DuckDB


def read_text(store: DuckDB, relation: str, files: Files, options: FileOptions) -> Raw:
    """Read csv files of the same columns into a temporary table of VARCHAR columns.

    Raises:
        SourceError: the files are empty, of different columns, of another encoding, have no
            header or no clear delimiter, or a quoted value is never closed.
    """
    try:
        return _read(store, relation, files, options, None)
    except encoding.NotUtf8Error:
        decision = decide(files.paths, files.origin, options)
        if not decision.codecs:
            raise
        return _read(store, relation, files, options, decision)


def _read(
    store: DuckDB, relation: str, files: Files, options: FileOptions, decision: Decision | None
) -> Raw:
    layouts = detect_each(files.paths, options, decision)
    by_file = [(path.name, layout.names) for path, layout in zip(files.paths, layouts, strict=True)]
    names, each = common_names(by_file, files.origin, options)
    layouts = [
        replace(layout, names=column_names)
        for layout, column_names in zip(layouts, each, strict=True)
    ]
    _create(store, relation, names)
    lines_of = rejected(relation)
    store.execute(f"CREATE OR REPLACE TEMP TABLE {lines_of} (line BIGINT, row VARCHAR)")
    guessed = options.encoding == encoding.AUTO and decision is None
    batches = _batches(files.paths, layouts, guessed=guessed)
    results = [append(store, relation, batch) for batch in batches]
    rows, lines = (
        int(store.rows(f"SELECT count(*) AS n FROM {quoted(name)}")[0]["n"])  # noqa: S608
        for name in (relation, lines_of)
    )
    if not rows:
        below = f"{lines:,} lines that do not fit it" if lines else "no rows"
        raise SourceError(f"{files.origin} has a header and {below}.")
    native = all(readable for readable, _ in results) and len(set(layouts)) == 1
    nul_lines = sum(lines for _, lines in results)
    warnings = [decision.warning] if decision and decision.warning else []
    if nul_lines:
        total = f"{nul_lines:,} of {rows + lines:,} lines"
        words = f"{files.origin}: {total} hold NUL bytes, which were left out; the rest was read."
        warnings.append(DataWarning("files", words, share=nul_lines / (rows + lines)))
    return Raw(
        store.unbound(quoted(relation), relation),
        files.origin,
        _live(files, layouts[0], nul=nul_lines > 0) if native else None,
        store.unbound(lines_of, lines_of) if lines else None,
        warnings=tuple(warnings),
        notes=tuple(_notes(files, layouts, decision, differences(by_file))),
        options=_options(layouts, decision),
    )


def _batches(paths: Sequence[Path], layouts: Sequence[Layout], *, guessed: bool) -> list[Batch]:
    """Return the files that can be read together, in the place of the first, and the others."""
    batches: list[Batch] = []
    together: dict[Layout, int] = {}
    for path, layout in zip(paths, layouts, strict=True):
        batch = Batch((path,), layout, guessed=guessed)
        if not batch.readable:
            batches.append(batch)
            continue
        marks = quotes.count(path, layout.codec)
        if marks.quotes or marks.nul_lines:
            batches.append(replace(batch, marks=marks))
        elif (place := together.setdefault(layout, len(batches))) < len(batches):
            batches[place] = replace(batches[place], paths=(*batches[place].paths, path))
        else:
            batches.append(batch)
    return batches


def _create(store: DuckDB, relation: str, names: Sequence[str]) -> None:
    columns = ", ".join(f"{quoted(name)} VARCHAR" for name in names)
    store.execute(f"CREATE OR REPLACE TEMP TABLE {quoted(relation)} ({columns})")


def _live(files: Files, layout: Layout, *, nul: bool) -> str | None:
    if files.unpacked:
        return None
    native = encoding.native(layout.codec) or "utf-8"
    return select_rows(layout, files.live, native, DROPPING, nul=nul)


def _notes(
    files: Files, layouts: Sequence[Layout], decision: Decision | None, differ: str
) -> Iterator[str]:
    if decision and not decision.mixed:
        yield decision.note
    codec = layouts[0].codec
    if codec.startswith("utf-16") and decision is None:
        yield f"{files.origin}: read as UTF-16"
    titles = layouts[0].titles
    if titles:
        what = f"{len(titles)} lines" if len(titles) > 1 else "one line"
        yield f"{files.origin}: {what} above the header left out: {titles[0][:60]!r}"
    if not layouts[0].header:
        yield f"{files.origin}: no header, and the names of the settings"
    if differ:
        yield f"{files.origin}: read by name, {differ}"


def _options(layouts: Sequence[Layout], decision: Decision | None) -> Mapping[str, Any]:
    """Return, as the settings would say it, what was found out about the files."""
    options: dict[str, Any] = {}
    if decision and not decision.mixed:
        options["encoding"] = decision.setting
    skips = {layout.skip for layout in layouts}
    if layouts[0].titles and len(skips) == 1:
        options["skip_rows"] = skips.pop()
    return options
