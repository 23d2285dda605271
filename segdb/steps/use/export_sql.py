"""Export SQL: a run of the database as SQL for other engines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from segdb.contract import CUSTOMER_VALUE
from segdb.engines.output_folder import write_folder
from segdb.engines.protocol import Database
from segdb.errors import SettingsError, UserError, command, option
from segdb.exports.dbt_package import files
from segdb.exports.dbt_project import Package
from segdb.exports.dialects import Dialect, dialect
from segdb.exports.sql_export import (
    Exported,
    Origin,
    as_statement,
    export,
    export_value,
    heading,
    with_heading,
)
from segdb.sql_text import quoted
from segdb.steps.describe.profiles import feature_sentences, score_sentences
from segdb.steps.lifecycle.load_run import StoredRun, stored_run


@dataclass(frozen=True)
class ExportTarget:
    """Which run is exported, and for which engine.

    Attributes:
        run_id: None for the last run.
        dialect: one of ``segdb.exports.dialects.DIALECTS``.
        orders: the table to read the orders from, schema.table; None for the run's own source in
            DuckDB, and ``orders`` elsewhere.
        customers: likewise.
    """

    run_id: int | None = None
    dialect: str = "duckdb"
    orders: str | None = None
    customers: str | None = None


def compile_run(
    store: Database,
    schema: str,
    target: ExportTarget,
    stage: str | None = None,
) -> str:
    """Return the SQL of a run: one SELECT, a CTE a stage, with what was learned as constants.

    Args:
        store: the database of the segments.
        schema: where they are.
        target: which run, and for which engine.
        stage: the SELECT of this stage alone; None for all. ``customer_value`` is that of customer
            value, with all stages before it.

    Raises:
        UserError: there is no such run, dialect, stage or source, or the dialect cannot express
            a stage.
    """
    language = dialect(target.dialect)
    run = stored_run(store, schema, target.run_id)
    origins = origins_of(run, target)
    if stage == CUSTOMER_VALUE.name:
        if run.model.value is None:
            raise UserError(f"Run {run.run_id} learned no customer value; value_model says why.")
        stages = export_value(run.recipe, run.model, origins, language)
        reads = "\nReads value_nodes (band, p, weight), as run and published by segdb."
        return with_heading(stages, language, heading(run.run_id, language, origins) + reads)
    exported = exported_run(run, origins, language)
    return as_statement(exported, language, heading(run.run_id, language, origins), stage)


def exported_run(run: StoredRun, origins: Mapping[str, Origin], into: Dialect) -> Exported:
    """Return the SQL of every stage of a run."""
    return export(run.run_id, run.recipe, run.model, origins, into)


def origins_of(run: StoredRun, target: ExportTarget) -> dict[str, Origin]:
    """Return where the exported SQL of a run reads its sources.

    Raises:
        SettingsError: a table is named for a source that the run did not have.
    """
    named = {"orders": target.orders, "customers": target.customers}
    for name, table in named.items():
        if table is not None and name not in run.sources:
            raise SettingsError(
                f"Run {run.run_id} was made without {name}, so there is nothing to read from "
                f"{table}. Leave out {option(name)}."
            )
    return {
        name: Origin(raw.table, raw.definition, named[name]) for name, raw in run.sources.items()
    }


def write_dbt(
    store: Database,
    schema: str,
    folder: Path,
    target: ExportTarget,
    *,
    force: bool = False,
) -> tuple[Path, ...]:
    """Write the run as a dbt package of plain SQL, and return the paths written.

    Args:
        store: the database of the segments.
        schema: where they are.
        folder: an empty one, or that of a package written before.
        target: for which engine, and which run: the last one, no other has its profiles published.
        force: write into a folder that holds something else, too.

    Raises:
        UserError: as ``compile_run``, or the run is not the published one, or the folder holds
            something else.
    """
    language = dialect(target.dialect)
    run = stored_run(store, schema, target.run_id)
    published = store.rows(f"SELECT max(run_id) AS id FROM {quoted(schema)}.segments")[0]["id"]  # noqa: S608
    if published != run.run_id:
        raise SettingsError(
            f"A dbt package takes names and profiles from the published tables, which are of run "
            f"{published}, and not {run.run_id}. {command('rollback', str(run.run_id))} "
            "publishes it again."
        )
    origins = origins_of(run, target)
    profiles = f"SELECT * FROM {quoted(schema)}.segment_profiles ORDER BY segment_id"  # noqa: S608
    package = Package(
        run_id=run.run_id,
        model=run.model,
        exported=exported_run(run, origins, language),
        origins=origins,
        profiles=store.rows(profiles),
        sentences={**feature_sentences(run.model.catalogue), **score_sentences(run.model)},
        report=run.settings.report.path,
        title=run.settings.report.title,
        into=language,
    )
    return write_folder(folder, files(package), force=force)
