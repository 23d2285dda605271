"""The Python door: ``segdb.run`` and what it returns."""

from __future__ import annotations

from collections.abc import Container, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pyarrow as pa

from segdb import contract
from segdb.compile import quoted
from segdb.config.settings import Settings, parse
from segdb.engines.duckdb.database import DuckDB
from segdb.engines.duckdb.integrity import blaming_changes
from segdb.errors import SettingsError, nearest
from segdb.pipeline import Outcome
from segdb.pipeline import refresh as refresh_pipeline
from segdb.pipeline import run as run_pipeline
from segdb.steps.lifecycle.load_run import stored_run
from segdb.steps.progress import Notes, Progress

if TYPE_CHECKING:
    import duckdb


class Result:
    """A published run, and a reader of its tables.

    Attributes:
        run_id: the run's number.
        segments: one mapping a segment, as in ``segment_profiles``.
        notes: what was inferred, dropped and decided, in words.
        facts: the run's row of ``runs``.
        reasons: rejected rows by (source, reason).
        model: what was learned.
        drift: rows of ``run_drift``: how far the customers moved, of a refresh since the model was
            learned.
        warnings: what of the data may make the result wrong, at most five.
    """

    def __init__(self, store: DuckDB, schema: str, outcome: Outcome, notes: list[str]) -> None:
        self._store = store
        self._schema = schema
        self.run_id = int(outcome.run["run_id"])
        self.segments = outcome.segments
        self.notes = notes
        self.facts = dict(outcome.run)
        self.reasons = dict(outcome.reasons)
        self.model = outcome.model
        self.drift = list(outcome.drift)
        self.warnings = list(outcome.warnings)

    def __repr__(self) -> str:
        sizes = ", ".join(f"{s['segment']}: {s['customers']:,}" for s in self.segments)
        return f"<segdb run {self.run_id}: {sizes}>"

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of the published tables and views."""
        return tuple(table.name for table in contract.TABLES)

    def table(self, name: str) -> pa.Table:
        """Return a published table as Arrow.

        Raises:
            SettingsError: there is no table of that name.
        """
        if name not in self.tables:
            raise SettingsError(f"There is no table '{name}'.{nearest(name, self.tables)}")
        return self.query(f"SELECT * FROM {quoted(self._schema)}.{quoted(name)}")  # noqa: S608

    def query(self, sql: str) -> pa.Table:
        """Run a query on the database and return its rows as Arrow."""
        return self._store.fetch(sql)

    def close(self) -> None:
        """Close the database, if ``run`` opened it."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


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
    return Result(store, chosen.publish.schema_, outcome, listener.notes)


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
    return Result(store, schema, outcome, listener.notes)


def _opened(
    database: str | Path | duckdb.DuckDBPyConnection, settings: Settings, *, existing: bool = False
) -> DuckDB:
    if isinstance(database, str | Path):
        return DuckDB.open(Path(database), existing=existing, engine=settings.engine)
    return DuckDB(database)
