"""Compared: the tables of `segdb compare`, both of them or neither."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from segdb.contract import ALGORITHM_COMPARISON, ALGORITHM_LABELS, CUSTOMER_FEATURES
from segdb.engines.protocol import Database
from segdb.engines.publishing.publish import Content, publish_additional
from segdb.sql_text import quoted


def publish_comparison(
    store: Database, schema: str, rows: Sequence[Mapping[str, Any]], labels: pa.Table
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
    given = store.rows_table("segdb_labels", labels)
    with store.attached():
        key = store.key_type(schema, CUSTOMER_FEATURES.name)
    columns = ", ".join(
        f"CAST({name} AS {key}) AS {name}" if name == "customer_id" else quoted(name)
        for name in given.columns
    )
    sql = f"SELECT {columns} FROM segdb_labels"  # noqa: S608
    contents = [Content(ALGORITHM_COMPARISON, rows, {}), Content(ALGORITHM_LABELS, sql, {})]
    try:
        publish_additional(store, schema, contents)
    finally:
        store.forget("segdb_labels")
