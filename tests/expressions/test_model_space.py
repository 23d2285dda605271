"""Distances and coordinates that are published are those of the model, whatever it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import numpy as np
import pytest

import segdb
from segdb.api.result import Result
from tests.steps import shops

KINDS: dict[str, dict[str, Any]] = {
    "logarithms": {},
    "one component": {"features": {"components": 1}},
    "Yeo-Johnson": {"features": {"transform": "yeo-johnson"}},
}
MORE: dict[str, dict[str, Any]] = {
    "three components": {"features": {"components": 3}},
    "square roots, robust": {"features": {"transform": "sqrt"}, "scale": {"method": "robust"}},
    "filled with means": {"clean": {"missing": "mean"}},
}


@pytest.fixture(
    scope="module", params=[*KINDS, *(pytest.param(name, marks=pytest.mark.slow) for name in MORE)]
)
def published(request: pytest.FixtureRequest) -> Iterator[Result]:
    settings = {**{**KINDS, **MORE}[request.param], "cluster": {"k": 3, "n_init": 1}}
    with shops.opened() as connection:
        settings = {**settings, "columns": shops.settings("orders")["columns"]}
        yield segdb.run("shop", database=connection, settings=settings)


def test_the_least_distance_and_the_margin_are_those_of_segments(published: Result) -> None:
    rows = published.query(
        """
        WITH ranked AS (
            SELECT *, row_number() OVER (PARTITION BY customer_id ORDER BY distance) AS place
            FROM segdb.segment_distances
        )
        SELECT s.distance, s.margin, one.distance AS first, two.distance AS second,
            s.segment_id = one.segment_id AS same
        FROM segdb.segments AS s
        JOIN ranked AS one ON one.customer_id = s.customer_id AND one.place = 1
        JOIN ranked AS two ON two.customer_id = s.customer_id AND two.place = 2
        """
    ).to_pandas()
    assert len(rows) == published.facts["customers"]
    assert rows["same"].all()
    np.testing.assert_allclose(rows["first"], rows["distance"], rtol=1e-9)
    np.testing.assert_allclose(1 - rows["first"] / rows["second"], rows["margin"], atol=1e-9)


def test_distances_are_those_between_coordinates_and_centroids(published: Result) -> None:
    model = published.model
    long = published.query("SELECT * FROM segdb.customer_coordinates").to_pandas()
    wide = long.pivot(index="customer_id", columns="dimension", values="value")
    points = wide[list(model.columns)].to_numpy()
    centroids = np.array([segment.centroid for segment in model.segments])
    expected = np.sqrt(((points[:, None] - centroids) ** 2).sum(axis=2))
    given = published.query("SELECT * FROM segdb.segment_distances").to_pandas()
    distances = given.pivot(index="customer_id", columns="segment_id", values="distance")
    ids = [segment.segment_id for segment in model.segments]
    np.testing.assert_allclose(distances.loc[wide.index, ids], expected, rtol=1e-9)


def test_customers_alone() -> None:
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE people AS SELECT i AS customer_id, i % 7 + 0.5 AS age, "
            "i * i % 11 AS visits "
            "FROM range(60) t(i)"
        ).fetchall()
        made = segdb.run(
            customers="people", database=connection, settings={"cluster": {"k": 2, "n_init": 1}}
        )
        least = made.query(
            "SELECT max(abs(d.least - s.distance)) AS off FROM segdb.segments AS s JOIN "
            "(SELECT customer_id, min(distance) AS least FROM segdb.segment_distances "
            "GROUP BY ALL) "
            "AS d USING (customer_id)"
        )
        assert least["off"].to_pylist()[0] < 1e-9
