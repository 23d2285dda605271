"""Whole runs on planted segments and on noise: what is found, and what is said of it."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from sklearn.metrics import adjusted_rand_score

import segdb
from segdb.demo import synthetic
from segdb.errors import SettingsError
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
        assert {"Champions", "Hibernating", "New"} <= names


def test_of_uniform_noise_no_k_is_clear() -> None:
    values = np.random.default_rng(11).uniform(size=(800, 3))
    columns = {f"measure_{i}": column for i, column in enumerate(values.T)}
    with duckdb.connect() as connection:
        customers = pa.table({"customer_id": np.arange(len(values)), **columns})
        facts = segdb.run(customers=customers, database=connection).facts
    assert not facts["clear"]
    assert "a division of convenience, for the data show no clear clusters" in facts["verdict"]


def test_without_orders_the_order_is_by_value_where_the_settings_name_it_and_else_by_size() -> None:
    draw = np.random.default_rng(5)
    centers = np.array([[0.0, 0.0, 0.0], [9.0, -1.0, -1.0], [6.0, 9.0, 9.0]])
    values = centers[draw.choice(3, 300, p=[0.5, 0.2, 0.3])] + draw.normal(size=(300, 3))
    columns = {f"measure_{i}": column for i, column in enumerate(values.T)}
    with duckdb.connect() as connection:
        customers = pa.table({"customer_id": np.arange(300), **columns})
        orders = {}
        for value in ((), ("measure_1", "measure_2"), ("measure_0",)):
            settings = {"cluster": {"k": 3, "n_init": 1}, "features": {"value": value}}
            settings["publish"] = {"schema": f"by_{len(value)}"}
            result = segdb.run(customers=customers, database=connection, settings=settings)
            table = result.table("segment_features").to_pandas()
            means = table.pivot_table(index="segment_id", columns="feature", values="mean")
            tiers = [row["tier"] for row in result.segments]
            orders[value] = (means.measure_0.round().tolist(), tiers)
            worth = [row["value_per_customer"] for row in result.segments]
            own = [None] * 3 if not value else means[list(value)].sum(axis=1).tolist()
            assert worth == pytest.approx(own)
    assert orders == {
        (): ([0.0, 6.0, 9.0], [None] * 3),
        ("measure_1", "measure_2"): (
            [6.0, 0.0, 9.0],
            ["premium", "low engagement", "low engagement"],
        ),
        ("measure_0",): ([9.0, 6.0, 0.0], ["premium", "premium", "low engagement"]),
    }


def test_value_that_is_no_feature_is_refused() -> None:
    customers = pa.table({"customer_id": np.arange(30), "a": np.arange(30) % 7, "b": np.arange(30)})
    settings = {"features": {"value": ["A"]}}
    with duckdb.connect() as connection, pytest.raises(SettingsError, match=r"value: there is no"):
        segdb.run(customers=customers, database=connection, settings=settings)


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
