"""Read sources into the database, and what their columns are."""

from __future__ import annotations

from typing import Literal

from segdb.engines.protocol import Database
from segdb.engines.raw_source import Raw
from segdb.errors import SettingsError, nearest
from segdb.inspect.infer_schema import infer_schema
from segdb.inspect.schema_hints import SchemaHints
from segdb.source_schema import Reading
from segdb.steps.ingest.resolve_columns import Sources
from segdb.steps.progress import Progress


def read_sources(
    store: Database, hints: SchemaHints, orders: object, customers: object, progress: Progress
) -> Sources:
    """Read the sources, and tell what was inferred of them.

    Args:
        store: the database to read into.
        hints: how to read, and the columns that are declared.
        orders: a path, table, SELECT or frame; None without orders.
        customers: likewise.
        progress: receives messages and warnings.

    Raises:
        SourceError: a source cannot be read or understood.
        SettingsError: the settings speak of a column that no source has.
    """

    def read_source(
        name: Literal["orders", "customers"], source: object
    ) -> tuple[Raw, Reading] | None:
        if source is None:
            return None
        raw = store.read(name, source, hints.source)
        schema = infer_schema(raw.table, raw.origin, store.inspecting(raw.table), name, hints)
        for words in (*raw.notes, *schema.notes):
            progress.note(words)
        for warning in (*raw.warnings, *schema.warnings):
            progress.warn(warning)
        return raw, schema.reading

    sources = Sources(read_source("orders", orders), read_source("customers", customers))
    _check_columns(hints, sources)
    return sources


def _check_columns(hints: SchemaHints, sources: Sources) -> None:
    """Raise where the settings say missing values of a column that no source has."""
    known = {**sources.columns("orders"), **sources.columns("customers")}
    for name in hints.source.null_values_by_column:
        if name.lower() not in known:
            raise SettingsError(
                f"[source] null_values_by_column: no source has the column '{name}'."
                + nearest(name, known.values())
            )
