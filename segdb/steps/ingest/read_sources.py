"""Read sources into the database, and what their columns are."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from segdb.config.settings import Settings
from segdb.engines.duckdb.database import DuckDB
from segdb.engines.duckdb.read.readers import Raw, read
from segdb.errors import EngineError, SettingsError, nearest
from segdb.inspect.infer_schema import infer_schema
from segdb.source_schema import Reading
from segdb.steps.features.user_functions import check_functions
from segdb.steps.ingest.resolve_columns import Sources, as_user_error
from segdb.steps.progress import Progress


def read_sources(
    store: DuckDB,
    settings: Settings,
    orders: object,
    customers: object,
    progress: Progress,
    run_id: int | None = None,
    open_roles: Collection[str] = (),
) -> Sources:
    """Read the sources, and tell what was inferred of them.

    Args:
        store: the database to read into.
        settings: how to read, and the columns that are declared.
        orders: a path, table, SELECT or frame; None without orders.
        customers: likewise.
        progress: receives messages and warnings.
        run_id: the run whose settings they are; None for a new run.
        open_roles: roles that are left without a column, for `segdb init`.

    Raises:
        SourceError: a source cannot be read or understood.
        SettingsError: SQL of the user's own depends on more than the row.
        SettingsError: the settings speak of a column that no source has.
    """

    def one(name: Literal["orders", "customers"], source: object) -> tuple[Raw, Reading] | None:
        if source is None:
            return None
        raw = read(store, name, source, settings.source)
        attributes = (settings.features.attributes or ()) if name == "customers" else ()
        understood = infer_schema(
            raw.table,
            raw.origin,
            store.fetch,
            settings.source,
            settings.columns,
            name,
            attributes,
            run_id,
            settings.clean,
            open_roles,
        )
        for words in (*raw.notes, *understood.notes):
            progress.note(words)
        for warning in (*raw.warnings, *understood.warnings):
            progress.warn(warning)
        return raw, understood.reading

    check_functions(store, settings)
    try:
        with store.refusals():
            sources = Sources(one("orders", orders), one("customers", customers))
    except EngineError as error:
        raise as_user_error(error, settings) from error
    _check_columns(settings, sources)
    return sources


def _check_columns(settings: Settings, sources: Sources) -> None:
    """Raise where the settings say missing values of a column that no source has."""
    known = {**sources.columns("orders"), **sources.columns("customers")}
    for name in settings.source.null_values_by_column:
        if name.lower() not in known:
            raise SettingsError(
                f"[source] null_values_by_column: no source has the column '{name}'."
                + nearest(name, known.values())
            )
