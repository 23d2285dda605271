"""dbt: segments as a Python model, in one line.

    from segdb.dbt import segment

    def model(dbt, session):
        return segment(dbt.ref("stg_orders"))

It learns anew on each build, in a database in memory, and leaves no tables of its own. A model
that is learned once and applied by plain SQL is what ``segdb compile --dbt`` writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from segdb.api.publishing import run
from segdb.config.settings import Settings, parse
from segdb.engines.duckdb.database import DuckDB


def segment(
    orders: object = None,
    customers: object = None,
    *,
    table: str = "segments",
    settings: Settings | Mapping[str, Any] | None = None,
) -> pa.Table:
    """Make segments of what ``dbt.ref`` or ``dbt.source`` gives, and return one of their tables.

    Args:
        orders: one row an order line.
        customers: one row a customer.
        table: which published table to return.
        settings: ``Settings``, or the sections of ``segdb.toml`` as nested mappings.

    Raises:
        SegdbError: as ``segdb.run``.
    """
    chosen = settings if isinstance(settings, Settings) else parse(settings or {})
    store = DuckDB.memory()
    try:
        return run(orders, customers, database=store.connection, settings=chosen).table(table)
    finally:
        store.close()
