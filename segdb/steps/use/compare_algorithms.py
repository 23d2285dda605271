"""Compare algorithms: other algorithms on the customers of the published run."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

import ibis
import pyarrow as pa

from segdb.cluster.compare import Compared, compare_labelled
from segdb.cluster.matrix import Matrix
from segdb.contract import CUSTOMER_FEATURES
from segdb.contract.comparison import ALGORITHM_COMPARISON
from segdb.engines.protocol import Database
from segdb.engines.publishing.compared import publish_comparison
from segdb.engines.publishing.integrity import require
from segdb.expressions.coreset import all_customers, sample
from segdb.sql_text import quoted
from segdb.steps.lifecycle.load_run import StoredRun, check_features, stored_run
from segdb.steps.preprocess.learn import to_matrix

_COLUMNS = tuple(column.name for column in ALGORITHM_COMPARISON.columns)


@dataclass(frozen=True)
class ComparedRun:
    """How other algorithms did on the customers of a run.

    Attributes:
        rows: of ``algorithm_comparison``, the sizes as a list.
        customers: how many the run has.
    """

    rows: list[dict[str, Any]]
    customers: int

    @property
    def compared(self) -> int:
        """How many of the customers were compared."""
        return int(self.rows[0]["rows"])


def compare_run(store: Database, schema: str) -> ComparedRun:
    """Run other algorithms on the published customers; publish how they did, and their clusters.

    They see what K-Means saw: all customers while there are at most ``matrix_rows``, and else a
    uniform sample of that size.

    Args:
        store: the database of the segments.
        schema: where they are.

    Raises:
        UserError: nothing was published.
    """
    with store.attached():
        matrix, run, customers = _published_matrix(store, schema)
    compared = compare_labelled(matrix, "segment_id", run.settings.cluster.seed)
    rows = [{**asdict(algorithm), "run_id": run.run_id} for algorithm in compared.algorithms]
    rows = [{name: row[name] for name in _COLUMNS} | {"sizes": list(row["sizes"])} for row in rows]
    published = [{**row, "sizes": json.dumps(row["sizes"])} for row in rows]
    publish_comparison(store, schema, published, _labels(compared, run.run_id))
    return ComparedRun(rows, customers)


def _published_matrix(store: Database, schema: str) -> tuple[Matrix, StoredRun, int]:
    """Return the matrix of the published customers or a sample, their run and their number."""
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
    scaled = to_matrix(natural, run.model)
    table = scaled.inner_join(labels, scaled.customer_id == labels.labelled_id)
    columns = run.model.columns
    chosen = run.settings.cluster
    customers = int(store.rows(natural.agg(n=natural.count()))[0]["n"])
    wanted = [*columns, "segment_id"]
    query = (
        all_customers(table, wanted)
        if customers <= chosen.matrix_rows
        else sample(table, wanted, chosen.matrix_rows, customers, chosen.seed + 3)
    )
    return Matrix.from_arrow(store.fetch(query), "customer_id", "weight"), run, customers


def _labels(compared: Compared, run_id: int) -> pa.Table:
    """Return the rows of ``algorithm_labels``."""
    tables = [
        pa.table(
            {
                "algorithm": pa.array([one.algorithm] * len(one.labels)),
                "customer_id": compared.ids,
                "cluster": pa.array([label or None for label in one.labels], pa.int32()),
                "run_id": pa.array([run_id] * len(one.labels), pa.int64()),
            }
        )
        for one in compared.algorithms
    ]
    return pa.concat_tables(tables)
