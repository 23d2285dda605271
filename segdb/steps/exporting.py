"""Exporting: a run of the database as SQL for other engines."""

from __future__ import annotations

from collections.abc import Mapping

from segdb.errors import SettingsError
from segdb.export.dialects import Dialect, dialect
from segdb.export.script import Exported, Origin, as_statement, export, heading
from segdb.steps.stored import StoredRun, stored_run
from segdb.store.duckdb import DuckDB


def compile_run(
    store: DuckDB,
    schema: str,
    run_id: int | None = None,
    into: str = "duckdb",
    *,
    stage: str | None = None,
    orders: str | None = None,
    customers: str | None = None,
) -> str:
    """Return the SQL of a run: one SELECT, a CTE a stage, with what was learned as constants.

    Args:
        store: the database of the segments.
        schema: where they are.
        run_id: which run; None for the last one.
        into: the dialect, one of ``segdb.export.dialects.DIALECTS``.
        stage: the SELECT of this stage alone; None for all.
        orders: the table to read the orders from; None for the run's own source in DuckDB, and
            ``orders`` elsewhere.
        customers: likewise.

    Raises:
        UserError: there is no such run, dialect, stage or source, or the dialect cannot express
            a stage.
    """
    language = dialect(into)
    run = stored_run(store, schema, run_id)
    origins = origins_of(run, orders, customers)
    exported = exported_run(run, origins, language)
    return as_statement(exported, language, heading(run.run_id, language, origins), stage)


def exported_run(run: StoredRun, origins: Mapping[str, Origin], into: Dialect) -> Exported:
    """Return the SQL of every stage of a run."""
    return export(run.run_id, run.recipe, run.model, origins, into)


def origins_of(
    run: StoredRun, orders: str | None, customers: str | None
) -> dict[str, Origin]:
    """Return where the exported SQL of a run reads its sources.

    Raises:
        SettingsError: a table is named for a source that the run did not have.
    """
    named = {"orders": orders, "customers": customers}
    for name, table in named.items():
        if table is not None and name not in run.sources:
            raise SettingsError(
                f"Run {run.run_id} was made without {name}, so there is nothing to read from "
                f"{table}. Leave out --{name}."
            )
    return {
        name: Origin(raw.table, raw.definition, named[name]) for name, raw in run.sources.items()
    }
