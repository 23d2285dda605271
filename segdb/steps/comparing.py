"""Comparing: other algorithms on the customers of the published run."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import ibis

from segdb.cluster.compare import compare_labelled
from segdb.cluster.matrix import Matrix
from segdb.compile import quoted
from segdb.contract import CUSTOMER_FEATURES
from segdb.contract.comparison import ALGORITHM_COMPARISON
from segdb.stages.matrix import everyone, sample
from segdb.steps.learn import placed
from segdb.steps.stored import check_features, stored_run
from segdb.store.duckdb import DuckDB
from segdb.store.intact import require
from segdb.store.publish import Content, publish_one

_COLUMNS = tuple(column.name for column in ALGORITHM_COMPARISON.columns)


def compare_run(store: DuckDB, schema: str) -> list[dict[str, Any]]:
    """Run other algorithms on the published customers, and publish how they did.

    They see what K-Means saw: all customers while there are at most ``matrix_rows``, and else a
    uniform sample of that size.

    Args:
        store: the database of the segments.
        schema: where they are.

    Returns:
        The rows of ``algorithm_comparison``.

    Raises:
        UserError: nothing was published.
    """
    run = stored_run(store, schema)
    require(store, schema, CUSTOMER_FEATURES, "customer_id")
    relation = f"{quoted(schema)}.customer_features"
    natural = ibis.table(store.schema(relation), name="customer_features", database=schema)
    check_features(natural, run.model)
    labels = ibis.table(
        {"customer_id": natural.schema()["customer_id"], "segment_id": "int32"},
        name="segments",
        database=schema,
    ).rename(labelled_id="customer_id")
    scaled = placed(natural, run.model)
    table = scaled.inner_join(labels, scaled.customer_id == labels.labelled_id)
    columns = run.model.columns
    chosen = run.settings.cluster
    customers = int(store.rows(natural.agg(n=natural.count()))[0]["n"])
    wanted = [*columns, "segment_id"]
    query = (
        everyone(table, wanted)
        if customers <= chosen.matrix_rows
        else sample(table, wanted, chosen.matrix_rows, customers, chosen.seed + 3)
    )
    matrix = Matrix.from_arrow(store.fetch(query), "customer_id", "weight")
    found = compare_labelled(matrix, "segment_id", chosen.seed)
    rows = [{**asdict(one), "run_id": run.run_id} for one in found]
    rows = [{name: row[name] for name in _COLUMNS} for row in rows]
    publish_one(store, schema, Content(ALGORITHM_COMPARISON, rows, {}))
    return rows
