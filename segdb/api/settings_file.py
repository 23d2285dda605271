"""Settings file: the first ``segdb.toml`` for a source, with what was inferred, commented."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from segdb.api.database import connected
from segdb.config.init_file import render
from segdb.config.settings import Settings, load
from segdb.config.source_section import Source
from segdb.engines.duckdb.database import DuckDB
from segdb.errors import SettingsError, command, option
from segdb.inspect.questions import OPEN
from segdb.report.write import write
from segdb.steps.ingest.open_questions import read_with_questions
from segdb.steps.ingest.resolve_columns import Sources

# Of [source], what says how text is read.
_TEXT = {
    "delimiter", "encoding", "skip_rows", "header", "names", "sheet", "union_by_name",
    "max_unpacked", "decimal", "date_format", "time_zone",
    "null_values", "null_values_by_column",
}  # fmt: skip


def init(
    orders: str | None = None,
    customers: str | None = None,
    output: Path = Path("segdb.toml"),
    database: str | Path | None = None,
    *,
    force: bool = False,
    wait: float = 0,
) -> tuple[str, ...]:
    """Write the settings for the sources, and return what was inferred in words.

    A file that is written over says how the sources' text is read, and so does the new one. What
    only the owner of the data can tell is written as "?", with the choices, and is among the notes.

    Raises:
        SettingsError: there is no source, or the file is there and ``force`` is not given.
        SegdbError: whatever reading the sources has to say.
    """
    if orders is None and customers is None:
        raise SettingsError(f"Name a source: {command('init', 'orders.csv')}")
    if output.exists() and not force:
        raise SettingsError(f"{output} is there already. {option('force', True)} writes over it.")
    reading = _text_options(output)
    settings = Settings(source=Source.model_validate(reading))
    store = connected(database, wait=wait) if database else DuckDB.memory()
    try:
        with store.attached():
            sources_read, questions, notes = read_with_questions(store, settings, orders, customers)
    finally:
        store.close()
    reading = _inferred_lines(sources_read) | reading
    readings = [source[1] for source in (sources_read.customers, sources_read.orders) if source]
    sources = {"orders": orders, "customers": customers}
    write(output, render(sources, readings, database, reading, questions))
    places = [f"[{question.section}] {question.key}" for question in questions]
    still = (f'Still open, written as "{OPEN}": {", ".join(places)}.',) if places else ()
    return (*notes, *still)


def _inferred_lines(sources: Sources) -> dict[str, Any]:
    """Return what was found out about the files, as keys of ``[source]``."""
    raws = {"orders": sources.orders, "customers": sources.customers}
    options = {name: source[0].options for name, source in raws.items() if source}
    keys = dict.fromkeys(key for values in options.values() for key in values)
    if len(options) == 1:
        return dict(next(iter(options.values())))
    return {
        key: {name: values[key] for name, values in options.items() if key in values}
        for key in keys
    }


def _text_options(path: Path) -> dict[str, Any]:
    """Return how a settings file wants text read; nothing without one that can be understood."""
    try:
        source = load(path).source
    except SettingsError:
        return {}
    return source.model_dump(mode="json", include=_TEXT & source.model_fields_set)
