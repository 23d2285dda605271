"""Init: the first ``segdb.toml`` for a source, with what was inferred, commented."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from segdb.config.init_lines import AS_OF, REST, SNIFFED, without_orders
from segdb.config.settings import Settings, load
from segdb.config.source_section import Source
from segdb.engines.duckdb.database import DuckDB
from segdb.errors import SettingsError
from segdb.inspect.questions import OPEN, OpenQuestionError
from segdb.report.write import write
from segdb.source_schema import Reading
from segdb.steps.ingest.open_questions import open_line, read_with_questions
from segdb.steps.ingest.resolve_columns import Sources

# Of [source], what says how text is read.
# Sections in which a place may be open.
_OPEN = ("source", "columns")
_TEXT = {
    "delimiter", "encoding", "skip_rows", "header", "names", "sheet", "union_by_name",
    "max_unpacked", "decimal", "date_format", "time_zone",
    "null_values", "null_values_by_column",
}  # fmt: skip


def write_settings(
    orders: str | None,
    customers: str | None,
    output: Path,
    database: Path | None,
    *,
    force: bool,
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
        raise SettingsError("Name a source: segdb init orders.csv")
    if output.exists() and not force:
        raise SettingsError(f"{output} is there already. Give --force to write over it.")
    reading = _text_options(output)
    settings = Settings(source=Source.model_validate(reading))
    store = DuckDB.open(database, wait=wait) if database else DuckDB.memory()
    try:
        sources_read, questions, notes = read_with_questions(store, settings, orders, customers)
    finally:
        store.close()
    reading = _inferred_lines(sources_read) | reading
    readings = [source[1] for source in (sources_read.customers, sources_read.orders) if source]
    sources = {"orders": orders, "customers": customers}
    write(output, render(sources, readings, database, reading, questions))
    places = [f"[{one.section}] {one.key}" for one in questions]
    still = (f'Still open, written as "{OPEN}": {", ".join(places)}.',) if places else ()
    return (*notes, *still)


def _inferred_lines(sources: Sources) -> dict[str, Any]:
    """Return what was found out about the files, as keys of ``[source]``."""
    raws = {"orders": sources.orders, "customers": sources.customers}
    options = {name: source[0].options for name, source in raws.items() if source}
    keys = dict.fromkeys(key for own in options.values() for key in own)
    if len(options) == 1:
        return dict(next(iter(options.values())))
    return {key: {name: own[key] for name, own in options.items() if key in own} for key in keys}


def _text_options(path: Path) -> dict[str, Any]:
    """Return how a settings file wants text read; nothing without one that can be understood."""
    try:
        source = load(path).source
    except SettingsError:
        return {}
    return source.model_dump(mode="json", include=_TEXT & source.model_fields_set)


def render(
    sources: Mapping[str, str | None],
    readings: Sequence[Reading],
    database: Path | None,
    options: Mapping[str, Any],
    questions: Sequence[OpenQuestionError] = (),
) -> str:
    """Return the text of the settings file; of two readings with a role the later one counts.

    Args:
        sources: what was read, by its key.
        readings: what was inferred.
        database: the file of the segments; None for the default.
        options: keys of ``[source]`` by which the text was read.
        questions: what only the owner of the data can tell.
    """
    asked = {section: [one for one in questions if one.section == section] for section in _OPEN}
    lines = [
        "# The settings of segdb. A line that begins with # shows a key and what it takes.",
        "",
    ]
    if sources["orders"]:
        lines += [AS_OF, ""]
    lines.append("[source]")
    lines += [f"{name} = {_toml(source)}" for name, source in sources.items() if source]
    formats = {f for r in readings for c in r.columns for f in c.formats}
    lines += [open_line(one) for one in asked["source"]]
    lines += [line for name, value in options.items() for line in _lines(name, value)]
    options = {**options, **{one.key: OPEN for one in asked["source"]}}
    if "date_format" not in options:
        form, why = (formats.pop(), "as it was read") if len(formats) == 1 else ("%d/%m/%Y", "")
        lines.append(
            f"# date_format = {_toml(form)}   # {why or 'of text files, as strptime has it'}"
        )
    if sources["orders"]:
        lines.append('# watermark = "ordered_at"       # the orders only grow: for `segdb refresh`')
    sniffed = [line for line in SNIFFED if line.split()[1] not in options]
    lines += sniffed if sources["orders"] else [without_orders(line) for line in sniffed]
    lines += ["", "[columns]                        # as they were inferred"]
    roles = {role: column for r in readings for role, column in r.roles.items()}
    lines += [f"{role} = {_toml(column)}" for role, column in roles.items()]
    lines += [open_line(one) for one in asked["columns"]]
    text = "\n".join(lines) + "\n" + (REST if sources["orders"] else without_orders(REST))
    if database:
        text = text.replace(
            '# database = "warehouse/warehouse.duckdb"', f"database = {_toml(str(database))}"
        )
    return text


def _lines(name: str, value: Any) -> list[str]:
    """Return the lines of a key, one by source where it has a value for each."""
    if isinstance(value, Mapping):
        return [f"{name}.{source} = {_toml(each)}" for source, each in value.items()]
    return [f"{name} = {_toml(value)}"]


def _toml(value: Any) -> str:
    """Return a value as TOML; JSON's escapes are TOML's."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
