"""What reads what is published: open, diff and export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from segdb.api.database import WAREHOUSE, database_at, shown_settings
from segdb.api.result import Result
from segdb.checks.warning import stored_warnings
from segdb.config.settings import Settings
from segdb.engines.duckdb.database import DuckDB
from segdb.engines.duckdb.integrity import blaming_changes
from segdb.engines.duckdb.readonly_query import asking, secured
from segdb.report.export import export as export_tables
from segdb.steps.lifecycle.diff_runs import Difference, difference
from segdb.steps.lifecycle.fitted_run import Outcome
from segdb.steps.lifecycle.load_run import stored_run

if TYPE_CHECKING:
    import duckdb


def open(  # noqa: A001 - as in the standard library
    database: str | Path = WAREHOUSE, *, schema: str = "segdb", wait: float = 0
) -> Result:
    """Open what is published in a database file, for reading alone.

    Args:
        database: the DuckDB file.
        schema: where in it the segments are.
        wait: seconds to go on trying while another process holds the file.

    Returns:
        The last published run. Close it, or use it in a ``with`` block.

    Raises:
        SegdbError: there is no such file, or no segments in it.
    """
    store = DuckDB.open(Path(database), read_only=True, wait=wait)
    try:
        select = secured(store, schema)
        with store.refusals(), blaming_changes(store, schema):
            last = stored_run(store, schema)
            of_run = {"run": last.run_id}
            runs = select("FROM runs WHERE run_id = $run", of_run).to_pylist()
            outcome = Outcome(
                run=runs[0],
                model=last.model,
                segments=select("FROM segment_profiles ORDER BY segment_id").to_pylist(),
                reasons={},
                drift=select("FROM run_drift WHERE run_id = $run", of_run).to_pylist(),
                warnings=stored_warnings(runs[0].get("warnings")),
            )
            return Result(store, shown_settings(store, schema), outcome, select=select)
    except BaseException:
        store.close()
        raise


def diff(
    before: int,
    after: int,
    *,
    database: str | Path | duckdb.DuckDBPyConnection = WAREHOUSE,
    schema: str = "segdb",
    wait: float = 0,
) -> Difference:
    """Return what moved from one run to another: settings, segments, features, customers.

    Raises:
        SegdbError: there is no such run.
    """
    with (
        database_at(database, read_only=True, locked=True, wait=wait) as store,
        store.refusals(),
        blaming_changes(store, schema),
    ):
        return difference(store, schema, before, after)


def export(
    folder: str | Path,
    *,
    database: str | Path = WAREHOUSE,
    schema: str = "segdb",
    force: bool = False,
    wait: float = 0,
) -> tuple[Path, ...]:
    """Write the published tables to a folder as Parquet and CSV, with a README of their columns.

    Raises:
        SegdbError: nothing was published, or the folder holds files that segdb did not write.
    """
    settings = Settings().changed({"publish": {"schema": schema}})
    with asking(Path(database), schema, wait) as select:
        return export_tables(select, settings, Path(folder), force=force)
