"""What uses the model: score, compare, backtest and compile."""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import date, datetime
from pathlib import Path

from segdb.api.arguments import checked
from segdb.api.database import WAREHOUSE, DatabaseLike, published_at
from segdb.config.sections import Engine
from segdb.config.settings import Settings
from segdb.engines.publishing.scores import target_of
from segdb.pipeline import backtesting, scoring
from segdb.steps.backtest.measure_outcomes import Backtest
from segdb.steps.progress import Notes, Progress
from segdb.steps.use.compare_algorithms import ComparedRun, compare_run
from segdb.steps.use.export_sql import ExportTarget, compile_run, write_dbt
from segdb.steps.use.score import Scored, ScoringJob


@checked
def score(
    orders: object = None,
    customers: object = None,
    *,
    database: DatabaseLike = WAREHOUSE,
    schema: str = "segdb",
    into: str | Path = "scored_customers",
    run_id: int | None = None,
    as_of: datetime | None = None,
    progress: Progress | None = None,
    force: bool = False,
    wait: float = 0,
    engine: Engine | None = None,
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
        progress: receives messages and warnings.
        force: write over a file that segdb did not write.
        wait: seconds to go on trying while another process holds the file.
        engine: memory, threads and folder of the database engine.

    Raises:
        SegdbError: see ``segdb.errors`` for the kinds.
    """
    place = target_of(into)
    with published_at(
        database, schema, read_only=isinstance(place, Path), wait=wait, engine=engine
    ) as store:
        job = ScoringJob(orders, customers, run_id, as_of, place, force)
        return scoring.score(store, schema, job, progress or Notes())


@checked
def compare(
    *,
    database: DatabaseLike = WAREHOUSE,
    schema: str = "segdb",
    wait: float = 0,
    engine: Engine | None = None,
) -> ComparedRun:
    """Compare K-Means with Ward, DBSCAN, HDBSCAN and a Gaussian mixture on the same customers.

    Returns:
        The rows of ``algorithm_comparison``, which is published beside ``algorithm_labels``.

    Raises:
        SegdbError: nothing was published.
    """
    with published_at(database, schema, locked=True, wait=wait, engine=engine) as store:
        return compare_run(store, schema)


@checked
def backtest(
    orders: object = None,
    customers: object = None,
    *,
    cuts: Sequence[date | str] = (),
    horizon: int | None = None,
    database: DatabaseLike = WAREHOUSE,
    schema: str = "segdb",
    progress: Progress | None = None,
    trusted: Container[object] = (),
    wait: float = 0,
    engine: Engine | None = None,
) -> Backtest:
    """Hold the segments of earlier days against what their customers did next.

    On each day the whole run is made as it would have been then, of the orders before it alone.
    Sources and settings are those of the published run.

    Args:
        orders: a source in the place of the run's own, with the same columns.
        customers: likewise.
        cuts: the days, such as "2011-09-01"; left out, one as long before the last order as the
            horizon is.
        horizon: days to look ahead; left out, as the run did.
        database: the DuckDB file of the segments, or an open connection.
        schema: where in it they are.
        progress: receives messages and warnings.
        trusted: sources that the database names and that may be read, also where nothing proves
            that a run of this user wrote their names there.
        wait: seconds to go on trying while another process holds the file.
        engine: memory, threads and folder of the database engine.

    Returns:
        The rows of ``segment_outcomes``, ``backtest_rankings`` and ``backtest_calibration``, which
        are published in the place of those of the run.

    Raises:
        SegdbError: see ``segdb.errors`` for the kinds.
    """
    days = Settings().changed({"backtest": {"cuts": list(cuts)}}).backtest.cuts
    job = backtesting.BacktestJob(days, horizon, orders, customers, trusted)
    with published_at(database, schema, wait=wait, engine=engine) as store:
        return backtesting.backtest_published(store, schema, job, progress or Notes())


@checked
def compile(  # noqa: A001 - as the command
    *,
    database: DatabaseLike = WAREHOUSE,
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
    target = ExportTarget(run_id, dialect, orders, customers)
    with published_at(database, schema, read_only=True, locked=True, wait=wait) as store:
        return compile_run(store, schema, target, stage)


@checked
def compile_dbt(
    folder: str | Path,
    *,
    database: DatabaseLike = WAREHOUSE,
    schema: str = "segdb",
    dialect: str = "duckdb",
    orders: str | None = None,
    customers: str | None = None,
    run_id: int | None = None,
    force: bool = False,
    wait: float = 0,
) -> tuple[Path, ...]:
    """Write a run as a dbt package of plain SQL; arguments as for ``compile``.

    Raises:
        SegdbError: there is no such run or dialect, or the folder holds other files.
    """
    target = ExportTarget(run_id, dialect, orders, customers)
    with published_at(database, schema, read_only=True, locked=True, wait=wait) as store:
        return write_dbt(store, schema, Path(folder), target, force=force)
