"""Whole runs on planted segments and on noise: what is found, and what is said of it."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from sklearn.metrics import adjusted_rand_score

import segdb
from segdb.demo import synthetic
from tests.depth import examples

CUSTOMERS = 2_500


def test_planted_segments_are_found_by_several_criteria() -> None:
    with duckdb.connect() as connection:
        settings = synthetic.settings(CUSTOMERS)
        result = segdb.run(database=connection, settings=settings)
        assert (result.facts["k"], result.facts["clear"]) == (5, True)
        rows = result.table("k_selection").to_pandas().set_index("k")
        assert rows.selected.idxmax() == 5
        preferred = [
            rows.silhouette.idxmax(),
            rows.davies_bouldin.idxmin(),
            rows.calinski_harabasz.idxmax(),
        ]
        assert preferred.count(5) >= 2
        both = connection.sql(
            f"SELECT planted_segment, segment_id FROM ({synthetic.truth(CUSTOMERS)}) "
            "JOIN segdb.segments USING (customer_id)"
        ).fetchnumpy()
        assert adjusted_rand_score(both["planted_segment"], both["segment_id"]) >= 0.9
        names = {row["segment"] for row in result.segments}
        assert {"Champions", "Lost", "New"} <= names


def test_of_uniform_noise_no_k_is_clear() -> None:
    values = np.random.default_rng(11).uniform(size=(800, 3))
    columns = {f"measure_{i}": column for i, column in enumerate(values.T)}
    with duckdb.connect() as connection:
        customers = pa.table({"customer_id": np.arange(len(values)), **columns})
        facts = segdb.run(customers=customers, database=connection).facts
    assert not facts["clear"]
    assert facts["verdict"].endswith(
        "no number of segments is clearly better, as in data without clusters."
    )


def test_without_orders_the_best_segment_is_first_by_all_of_its_features() -> None:
    draw = np.random.default_rng(5)
    centers = np.array([[0.0, 0.0, 0.0], [9.0, -1.0, -1.0], [6.0, 9.0, 9.0]])
    values = centers[draw.integers(0, 3, 300)] + draw.normal(size=(300, 3))
    columns = {f"measure_{i}": column for i, column in enumerate(values.T)}
    with duckdb.connect() as connection:
        customers = pa.table({"customer_id": np.arange(300), **columns})
        settings = {"cluster": {"k": 3, "n_init": 1}}
        result = segdb.run(customers=customers, database=connection, settings=settings)
        table = result.table("segment_features").to_pandas()
    means = table.pivot_table(index="segment_id", columns="feature", values="mean")
    assert means.measure_0.round().tolist() == [6.0, 9.0, 0.0]
    assert [row["tier"] for row in result.segments] == ["premium", "regular", "low engagement"]


@pytest.mark.examples
def test_the_order_of_the_rows_changes_nothing_on_a_lattice() -> None:
    # Full of ties, which K-Means would break by the last bit of a spread.
    found = set()
    for seed in range(examples(12)):
        order = np.random.default_rng(seed).permutation(50)
        customers = pa.table({"customer_id": order, "a": order * 1.0, "e": (order % 7) * 1.0})
        with duckdb.connect() as connection:
            made = segdb.run(customers=customers, database=connection)
            rows = made.query("SELECT inertia FROM segdb.k_selection ORDER BY k").to_pylist()
            found.add(tuple(row["inertia"] for row in rows))
    assert len(found) == 1
