"""Init: the first ``segdb.toml`` for a source, with what was inferred, commented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from segdb.config.init_lines import AS_OF, REST, SNIFFED, without_orders
from segdb.formats.toml import toml_value
from segdb.inspect.questions import OPEN, OpenQuestionError
from segdb.source_schema import Reading

# Sections in which a place may be open.
_OPEN = ("source", "columns")
# Choices that are written beside an open place.
_CHOICES = 6


def render(
    sources: Mapping[str, str | None],
    readings: Sequence[Reading],
    database: str | Path | None,
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
    lines += [f"{name} = {toml_value(source)}" for name, source in sources.items() if source]
    formats = {f for r in readings for c in r.columns for f in c.formats}
    lines += [_open_line(one) for one in asked["source"]]
    lines += [line for name, value in options.items() for line in _lines(name, value)]
    options = {**options, **{one.key: OPEN for one in asked["source"]}}
    if "date_format" not in options:
        form, why = (formats.pop(), "as it was read") if len(formats) == 1 else ("%d/%m/%Y", "")
        lines.append(
            f"# date_format = {toml_value(form)}   # {why or 'of text files, as strptime has it'}"
        )
    if sources["orders"]:
        lines.append('# watermark = "ordered_at"       # the orders only grow: for `segdb refresh`')
    sniffed = [line for line in SNIFFED if line.split()[1] not in options]
    lines += sniffed if sources["orders"] else [without_orders(line) for line in sniffed]
    lines += ["", "[columns]                        # as they were inferred"]
    roles = {role: column for r in readings for role, column in r.roles.items()}
    lines += [f"{role} = {toml_value(column)}" for role, column in roles.items()]
    lines += [_open_line(one) for one in asked["columns"]]
    text = "\n".join(lines) + "\n" + (REST if sources["orders"] else without_orders(REST))
    if database:
        text = text.replace(
            '# database = "warehouse/warehouse.duckdb"', f"database = {toml_value(str(database))}"
        )
    return text


def _lines(name: str, value: Any) -> list[str]:
    """Return the lines of a key, one by source where it has a value for each."""
    if isinstance(value, Mapping):
        return [f"{name}.{source} = {toml_value(each)}" for source, each in value.items()]
    return [f"{name} = {toml_value(value)}"]


def _open_line(question: OpenQuestionError) -> str:
    """Return the line of a question, with what could answer it."""
    shown = (toml_value(choice) for choice in question.choices[:_CHOICES])
    choices = " or ".join(shown) or "see the columns of the source"
    return f'{question.key} = "{OPEN}"   # {choices}'
