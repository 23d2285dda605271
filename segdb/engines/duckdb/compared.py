"""Compared: the tables of `segdb compare`, both of them or neither."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from segdb.contract import ALGORITHM_COMPARISON, ALGORITHM_LABELS, CUSTOMER_FEATURES
from segdb.engines.duckdb.database import DuckDB
from segdb.engines.duckdb.history import key_type
from segdb.engines.duckdb.publish import Content, publish_additional
from segdb.sql import quoted

_LABELS = "segdb_labels"


def publish_comparison(
    store: DuckDB, schema: str, rows: Sequence[Mapping[str, Any]], labels: pa.Table
) -> None:
    """Publish how the algorithms did, and the cluster of each customer.

    Args:
        store: the database, with a run published.
        schema: where its tables are.
        rows: of ``algorithm_comparison``.
        labels: of ``algorithm_labels``; ids may be of the type that Arrow has for the source's.

    Raises:
        PublishError: the database refused; what was there is as it was.
    """
    key = key_type(store, f"{quoted(schema)}.{CUSTOMER_FEATURES.name}")
    sql = f"SELECT * REPLACE (CAST(customer_id AS {key}) AS customer_id) FROM {_LABELS}"  # noqa: S608
    store.connection.register(_LABELS, labels)
    try:
        publish_additional(
            store,
            schema,
            [Content(ALGORITHM_COMPARISON, rows, {}), Content(ALGORITHM_LABELS, sql, {})],
        )
    finally:
        store.connection.unregister(_LABELS)
