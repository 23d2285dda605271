"""What publishes: run, refresh and rollback."""

from __future__ import annotations

from collections.abc import Container, Mapping
from pathlib import Path
from typing import Any

from segdb.api.arguments import checked
from segdb.api.database import (
    WAREHOUSE,
    DatabaseLike,
    connected,
    database_at,
    noting_publish,
    shown_settings,
)
from segdb.api.result import Result
from segdb.config.sections import Engine
from segdb.config.settings import Settings, parse
from segdb.config.source_section import as_setting
from segdb.engines.protocol import Database
from segdb.engines.publishing.integrity import blaming_changes
from segdb.engines.publishing.signature import proven
from segdb.errors import SettingsError
from segdb.pipeline import fitting, refreshing, rolling_back
from segdb.steps.lifecycle.fitted_run import Outcome
from segdb.steps.lifecycle.load_run import stored_run
from segdb.steps.progress import Notes, Progress


@checked
def run(
    orders: object = None,
    customers: object = None,
    *,
    database: DatabaseLike = None,
    settings: Settings | Mapping[str, Any] | None = None,
    progress: Progress | None = None,
    wait: float = 0,
) -> Result:
    """Make segments of orders, of a customers table, or of both, and publish them.

    Args:
        orders: one row an order line: a path or glob, a list of such, a table of the database, a
            SELECT, or a frame (Arrow, pandas, polars, a DuckDB relation). Left out: as the settings
            say.
        customers: one row a customer, likewise.
        database: the DuckDB file to publish to, or an open connection. Left out: as the settings
            say.
        settings: ``Settings``, or the sections of ``segdb.toml`` as nested mappings.
        progress: receives messages and warnings.
        wait: seconds to go on trying while another process holds the file.

    Returns:
        The published run. Close it, or use it in a ``with`` block, to release the database file.

    Raises:
        SegdbError: see ``segdb.errors`` for the kinds.
    """
    chosen = settings if isinstance(settings, Settings) else parse(settings or {})
    listener = progress or Notes()
    given = {"orders": as_setting(orders), "customers": as_setting(customers)}
    named = {name: source for name, source in given.items() if source is not None}
    chosen = chosen.changed({"source": named})
    orders = chosen.source.orders if orders is None else orders
    customers = chosen.source.customers if customers is None else customers
    if orders is None and customers is None:
        raise SettingsError(
            "There is no source. Give orders or customers, or set them in [source] of segdb.toml."
        )
    place = chosen.place if database is None else database
    store = connected(place, chosen.engine, wait=wait)
    try:
        with store.refusals(), noting_publish(store, chosen.publish.schema_):
            outcome = fitting.fit(store, chosen, orders, customers, listener)
    except BaseException:
        store.close()
        raise
    return _result(store, chosen, outcome, listener)


@checked
def refresh(
    orders: object = None,
    customers: object = None,
    *,
    database: DatabaseLike = WAREHOUSE,
    schema: str = "segdb",
    progress: Progress | None = None,
    trusted: Container[object] = (),
    sources: bool = False,
    wait: float = 0,
    engine: Engine | None = None,
) -> Result:
    """Publish the segments of today's sources by the model that is published; learn nothing.

    Sources and settings are those of the published run. Where its ``[source] watermark`` says that
    the orders only grow, the customers with new rows alone are aggregated again.

    Args:
        orders: a source in the place of the run's own, with the same columns.
        customers: likewise.
        database: the DuckDB file of the segments, or an open connection.
        schema: where in it they are.
        progress: receives messages and warnings.
        trusted: sources that the database names and that may be read, also where nothing proves
            that a run of this user wrote their names there.
        sources: trust all that the database names.
        wait: seconds to go on trying while another process holds the file.
        engine: memory, threads and folder of the database engine; left out, as the run had.

    Returns:
        The published run, with its ``drift`` since the model was learned.

    Raises:
        SegdbError: see ``segdb.errors`` for the kinds.
    """
    listener = progress or Notes()
    store = connected(database, engine, existing=True, wait=wait)
    try:
        with store.refusals(), store.attached():
            last = stored_run(store, schema).settings
        if engine is None:
            store.limit(last.engine)
        if sources:
            named: tuple[object, ...] = (last.source.orders, last.source.customers)
            trusted = [source for source in named if source is not None]
        changes = blaming_changes(store, schema)
        with store.refusals(), changes, noting_publish(store, schema):
            outcome = refreshing.refresh(store, schema, orders, customers, listener, trusted)
    except BaseException:
        store.close()
        raise
    return _result(store, shown_settings(store, schema), outcome, listener)


@checked
def rollback(
    run_id: int,
    *,
    database: DatabaseLike = WAREHOUSE,
    schema: str = "segdb",
    keep_runs: int = Settings().publish.keep_runs,
    wait: float = 0,
    engine: Engine | None = None,
) -> dict[str, Any]:
    """Publish the tables of an earlier run again, as a run of its own.

    Args:
        run_id: the earlier run, one of ``kept_runs``.
        database: the DuckDB file of the segments, or an open connection.
        schema: where in it they are.
        keep_runs: how many earlier runs stay, to be published again.
        wait: seconds to go on trying while another process holds the file.
        engine: memory, threads and folder of the database engine.

    Returns:
        The new run's row of ``runs``.

    Raises:
        SegdbError: there is no such run, or its tables are not kept.
    """
    with database_at(database, wait=wait, engine=engine) as store:
        with store.attached():
            trusted = not isinstance(database, str | Path) or proven(store, schema, run_id)
        if not trusted:
            store.lock()
        changes = blaming_changes(store, schema)
        with store.refusals(), changes, noting_publish(store, schema):
            return rolling_back.rollback(store, schema, run_id, keep_runs)


def _result(store: Database, settings: Settings, outcome: Outcome, progress: Progress) -> Result:
    return Result(store, settings, outcome, notes=progress.notes)
