"""The Python door: all that the command line can do."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segdb.checks.warning import stored_warnings
from segdb.config.settings import Settings, parse
from segdb.engines.duckdb.connect import lock_files
from segdb.engines.duckdb.database import DuckDB
from segdb.engines.duckdb.integrity import blaming_changes
from segdb.engines.duckdb.readonly_query import secured
from segdb.engines.duckdb.scored import SUFFIXES
from segdb.engines.duckdb.signature import proven
from segdb.errors import SettingsError
from segdb.pipeline import Outcome
from segdb.pipeline import refresh as refresh_pipeline
from segdb.pipeline import run as run_pipeline
from segdb.report.export import export as export_tables
from segdb.result import Result
from segdb.sql import quoted
from segdb.steps.lifecycle.diff_runs import Difference, difference
from segdb.steps.lifecycle.load_run import shown_as, stored_run
from segdb.steps.lifecycle.rollback import rollback as roll_back
from segdb.steps.progress import Notes, Progress
from segdb.steps.use.compare_algorithms import ComparedRun, compare_run
from segdb.steps.use.export_sql import compile_run
from segdb.steps.use.score import Scored
from segdb.steps.use.score import score as score_source

if TYPE_CHECKING:
    import duckdb

_WAREHOUSE = "warehouse/warehouse.duckdb"


def run(
    orders: object = None,
    customers: object = None,
    *,
    database: str | Path | duckdb.DuckDBPyConnection | None = None,
    settings: Settings | Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Result:
    """Make segments of orders, of a customers table, or of both, and publish them.

    Args:
        orders: one row an order line: a path or glob, a table of the database, a SELECT, or a
            frame (Arrow, pandas, polars, a DuckDB relation). Left out: as the settings say.
        customers: one row a customer, likewise.
        database: the DuckDB file to publish to, or an open connection. Left out: as the settings
            say.
        settings: ``Settings``, or the sections of ``segdb.toml`` as nested mappings.
        progress: who hears of the steps.

    Returns:
        The published run. Close it, or use it in a ``with`` block, to release the database file.

    Raises:
        SegdbError: see ``segdb.errors`` for the kinds.
    """
    chosen = settings if isinstance(settings, Settings) else parse(settings or {})
    listener = progress or Notes()
    named = {
        name: str(source)
        for name, source in (("orders", orders), ("customers", customers))
        if isinstance(source, str | Path)
    }
    chosen = chosen.changed({"source": named})
    orders = chosen.source.orders if orders is None else orders
    customers = chosen.source.customers if customers is None else customers
    if orders is None and customers is None:
        raise SettingsError(
            "There is no source. Give orders or customers, or set them in [source] of segdb.toml."
        )
    store = _opened(chosen.publish.database if database is None else database, chosen)
    try:
        with store.refusals():
            outcome = run_pipeline(store, chosen, orders, customers, listener)
    except BaseException:
        store.close()
        raise
    return _result(store, chosen, outcome, listener)


def refresh(
    orders: object = None,
    customers: object = None,
    *,
    database: str | Path | duckdb.DuckDBPyConnection = "warehouse/warehouse.duckdb",
    schema: str = "segdb",
    progress: Progress | None = None,
    trusted: Container[str] = (),
) -> Result:
    """Publish the segments of today's sources by the model that is published; learn nothing.

    Sources and settings are those of the published run. Where its ``[source] watermark`` says that
    the orders only grow, the customers with new rows alone are aggregated again.

    Args:
        orders: a source in the place of the run's own, with the same columns.
        customers: likewise.
        database: the DuckDB file of the segments, or an open connection.
        schema: where in it they are.
        progress: who hears of the steps.
        trusted: sources that the database names and that may be read, also where nothing proves
            that a run of this user wrote their names there.

    Returns:
        The published run, with its ``drift`` since the model was learned.

    Raises:
        SegdbError: see ``segdb.errors`` for the kinds.
    """
    listener = progress or Notes()
    store = _opened(database, Settings(), existing=True)
    try:
        if store.path is not None:
            with store.refusals():
                store.limit(stored_run(store, schema).settings.engine)
        with store.refusals(), blaming_changes(store, schema):
            outcome = refresh_pipeline(store, schema, orders, customers, listener, trusted)
    except BaseException:
        store.close()
        raise
    return _result(store, _shown(store, schema), outcome, listener)


def open(  # noqa: A001 - as in the standard library
    database: str | Path = _WAREHOUSE, *, schema: str = "segdb", wait: float = 0
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
            return Result(
                store,
                _shown(store, schema),
                run=runs[0],
                segments=select("FROM segment_profiles ORDER BY segment_id").to_pylist(),
                model=last.model,
                drift=select("FROM run_drift WHERE run_id = $run", of_run).to_pylist(),
                warnings=stored_warnings(runs[0].get("warnings")),
                select=select,
            )
    except BaseException:
        store.close()
        raise


def score(
    orders: object = None,
    customers: object = None,
    *,
    database: str | Path | duckdb.DuckDBPyConnection = _WAREHOUSE,
    schema: str = "segdb",
    into: str | Path = "scored_customers",
    run_id: int | None = None,
    as_of: datetime | None = None,
    progress: Progress | None = None,
    force: bool = False,
    wait: float = 0,
) -> Scored:
    """Assign the customers of a source by a stored model; the published tables stay.

    Args:
        orders: as for ``run``, with the columns of the run's own orders.
        customers: likewise.
        database: the DuckDB file of the segments, or an open connection.
        schema: where in it they are.
        into: a table of the schema, or a .csv, .tsv or .parquet file.
        run_id: whose model; left out, the last run's.
        as_of: days are counted back from this moment; left out, as the run did.
        progress: who hears of the steps.
        force: write over a file that segdb did not write.
        wait: seconds to go on trying while another process holds the file.

    Raises:
        SegdbError: see ``segdb.errors`` for the kinds.
    """
    place = Path(into) if Path(into).suffix.lower() in SUFFIXES else str(into)
    with (
        _database(database, read_only=isinstance(place, Path), wait=wait) as store,
        store.refusals(),
        blaming_changes(store, schema),
    ):
        return score_source(
            store,
            schema,
            orders,
            customers,
            progress or Notes(),
            run_id=run_id,
            as_of=as_of,
            into=place,
            force=force,
        )


def rollback(
    run_id: int,
    *,
    database: str | Path | duckdb.DuckDBPyConnection = _WAREHOUSE,
    schema: str = "segdb",
    keep_runs: int = Settings().publish.keep_runs,
    wait: float = 0,
) -> dict[str, Any]:
    """Publish the tables of an earlier run again, as a run of its own.

    Args:
        run_id: the earlier run, one of ``kept_runs``.
        database: the DuckDB file of the segments, or an open connection.
        schema: where in it they are.
        keep_runs: how many earlier runs stay, to be published again.
        wait: seconds to go on trying while another process holds the file.

    Returns:
        The new run's row of ``runs``.

    Raises:
        SegdbError: there is no such run, or its tables are not kept.
    """
    with _database(database, wait=wait) as store:
        if isinstance(database, str | Path) and not proven(store, schema, run_id):
            lock_files(store.connection)
        with store.refusals(), blaming_changes(store, schema):
            return roll_back(store, schema, run_id, keep_runs)


def compare(
    *,
    database: str | Path | duckdb.DuckDBPyConnection = _WAREHOUSE,
    schema: str = "segdb",
    wait: float = 0,
) -> ComparedRun:
    """Compare K-Means with Ward, DBSCAN, HDBSCAN and a Gaussian mixture on the same customers.

    Returns:
        The rows of ``algorithm_comparison``, which is published beside ``algorithm_labels``.

    Raises:
        SegdbError: nothing was published.
    """
    with (
        _database(database, locked=True, wait=wait) as store,
        store.refusals(),
        blaming_changes(store, schema),
    ):
        return compare_run(store, schema)


def diff(
    before: int,
    after: int,
    *,
    database: str | Path | duckdb.DuckDBPyConnection = _WAREHOUSE,
    schema: str = "segdb",
    wait: float = 0,
) -> Difference:
    """Return what moved from one run to another: settings, segments, features, customers.

    Raises:
        SegdbError: there is no such run.
    """
    with (
        _database(database, read_only=True, locked=True, wait=wait) as store,
        store.refusals(),
        blaming_changes(store, schema),
    ):
        return difference(store, schema, before, after)


def compile(  # noqa: A001 - as the command
    *,
    database: str | Path | duckdb.DuckDBPyConnection = _WAREHOUSE,
    schema: str = "segdb",
    dialect: str = "duckdb",
    stage: str | None = None,
    orders: str | None = None,
    customers: str | None = None,
    run_id: int | None = None,
    wait: float = 0,
) -> str:
    """Return a run as one SELECT, from the source to the segments, with all that was learned in it.

    Args:
        database: the DuckDB file of the segments, or an open connection.
        schema: where in it they are.
        dialect: of SQL, one of those that ``segdb compile --help`` lists.
        stage: this stage alone.
        orders: the table to read orders from, in the engine that will run it.
        customers: likewise.
        run_id: which run; left out, the last one.
        wait: seconds to go on trying while another process holds the file.

    Raises:
        SegdbError: there is no such run, dialect or stage.
    """
    named = {"orders": orders, "customers": customers}
    with (
        _database(database, read_only=True, locked=True, wait=wait) as store,
        store.refusals(),
        blaming_changes(store, schema),
    ):
        return compile_run(store, schema, run_id, dialect, stage=stage, **named)


def export(
    folder: str | Path,
    *,
    database: str | Path = _WAREHOUSE,
    schema: str = "segdb",
    force: bool = False,
    wait: float = 0,
) -> tuple[Path, ...]:
    """Write the published tables to a folder as Parquet and CSV, with a README of their columns.

    Raises:
        SegdbError: nothing was published, or the folder holds files that segdb did not write.
    """
    with open(database, schema=schema, wait=wait) as result:
        return export_tables(result.query, result.settings, Path(folder), force=force)


def _result(store: DuckDB, settings: Settings, outcome: Outcome, progress: Progress) -> Result:
    return Result(
        store,
        settings,
        run=outcome.run,
        segments=outcome.segments,
        model=outcome.model,
        drift=outcome.drift,
        warnings=outcome.warnings,
        notes=progress.notes,
        reasons=outcome.reasons,
    )


def _shown(store: DuckDB, schema: str) -> Settings:
    """Return settings for reading what is published: its schema, and how its report looks."""
    place = f"{quoted(schema)}.runs"
    rows = store.rows(f"SELECT settings FROM {place} ORDER BY run_id DESC LIMIT 1")  # noqa: S608
    return Settings().changed(
        {"publish": {"schema": schema}, "report": shown_as(rows[0]["settings"])}
    )


@contextmanager
def _database(
    database: str | Path | duckdb.DuckDBPyConnection,
    *,
    read_only: bool = False,
    locked: bool = False,
    wait: float = 0,
) -> Iterator[DuckDB]:
    """Open a database file for as long as the block, or take the caller's connection.

    Args:
        database: the file, or a connection, which stays open.
        read_only: nothing is written to it.
        locked: nothing in it may read or write another file.
        wait: seconds to go on trying while another process holds the file.
    """
    if not isinstance(database, str | Path):
        yield DuckDB(database)
        return
    store = DuckDB.open(Path(database), read_only=read_only, existing=True, wait=wait)
    try:
        if locked:
            lock_files(store.connection)
        yield store
    finally:
        store.close()


def _opened(
    database: str | Path | duckdb.DuckDBPyConnection, settings: Settings, *, existing: bool = False
) -> DuckDB:
    if isinstance(database, str | Path):
        return DuckDB.open(Path(database), existing=existing, engine=settings.engine)
    return DuckDB(database)
