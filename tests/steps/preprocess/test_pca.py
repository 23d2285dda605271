"""K-Means on principal components: against scikit-learn, and through everything that applies it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_rand_score

import segdb
from segdb.contract.segments import SEGMENT_CENTROIDS
from segdb.engines.duckdb.database import DuckDB
from segdb.model import Components
from segdb.pipeline.rolling_back import rollback
from segdb.steps.lifecycle.diff_runs import difference
from segdb.steps.lifecycle.match_segments import PreviousRun, match_segments
from segdb.steps.segment.fit import Fitted
from segdb.steps.use.compare_algorithms import compare_run
from tests.steps import shops
from tests.steps.conftest import COMPONENTS, SEGMENTS

Floats = npt.NDArray[np.float64]
COUNT, K = COMPONENTS, SEGMENTS


def scaled_of(retail: segdb.Result) -> Floats:
    """The scaled features, by NumPy from the published tables."""
    table = retail.query(
        "SELECT f.* FROM segdb.customer_features f JOIN segdb.segments USING (customer_id) "
        "ORDER BY customer_id"
    )
    columns = []
    for p in retail.model.matrix:
        value = table[p.feature].to_numpy(zero_copy_only=False).astype(float)
        value = np.clip(np.where(np.isnan(value), p.fill, value), p.lower, p.upper)
        value = np.log1p(value) if p.transform == "log1p" else value
        columns.append((value - p.center) / p.spread)
    return np.column_stack(columns)


def published(retail: segdb.Result, column: str) -> Any:
    asked = f"SELECT {column} FROM segdb.segments ORDER BY customer_id"
    return retail.query(asked)[column].to_numpy()


def centroids_of(retail: segdb.Result) -> Floats:
    return np.array([segment.centroid for segment in retail.model.segments])


def test_segments_are_those_of_scikit_learns_pca_and_k_means(retail: segdb.Result) -> None:
    scores = PCA(COUNT).fit_transform(scaled_of(retail))
    reference = KMeans(K, n_init=30, random_state=0).fit(scores)
    assert retail.facts["inertia"] <= reference.inertia_ * (1 + 1e-6)
    ids = published(retail, "segment_id")
    assert adjusted_rand_score(ids, reference.labels_) > 0.99
    # From its own centroids scikit-learn moves nothing.
    turned = PCA(COUNT).fit(scaled_of(retail)).components_ @ loadings_of(retail).T
    own = KMeans(K, init=centroids_of(retail) @ turned.T, n_init=1).fit(scores)
    assert retail.facts["inertia"] == pytest.approx(own.inertia_, rel=1e-9)
    np.testing.assert_array_equal(own.labels_ + 1, ids)
    nearest = np.sort(own.transform(scores), axis=1)
    np.testing.assert_allclose(published(retail, "distance"), nearest[:, 0], atol=1e-9)
    margins = 1 - nearest[:, 0] / nearest[:, 1]
    np.testing.assert_allclose(published(retail, "margin"), margins, atol=1e-9)


def loadings_of(retail: segdb.Result) -> Floats:
    assert retail.model.components is not None
    return np.array(retail.model.components.loadings)


def test_principal_components_are_scikit_learns(retail: segdb.Result) -> None:
    reference = PCA().fit(scaled_of(retail))
    table = retail.query("SELECT * FROM segdb.principal_components ORDER BY component").to_pandas()
    first = table.groupby("component").first()
    assert first.used.tolist() == [number <= COUNT for number in first.index]
    rows = len(published(retail, "segment_id"))
    # scikit-learn divides by n - 1.
    variances = reference.explained_variance_ * (rows - 1) / rows
    np.testing.assert_allclose(first.explained_variance, variances, rtol=1e-9)
    np.testing.assert_allclose(
        first.explained_share, reference.explained_variance_ratio_, rtol=1e-9
    )
    names = [p.feature for p in retail.model.matrix]
    wide = table.pivot_table(index="component", columns="feature", values="loading")[names]
    np.testing.assert_allclose(abs((wide * reference.components_).sum(axis=1)), 1, atol=1e-9)
    means = table[table.component == 1].set_index("feature").loc[names, "mean"]
    np.testing.assert_allclose(means, reference.mean_, atol=1e-9)


def test_centroids_are_published_as_components_and_as_features(retail: segdb.Result) -> None:
    table = retail.query("SELECT * FROM segdb.segment_components ORDER BY ALL").to_pandas()
    wide = table.pivot_table(index="segment_id", columns="component", values="coordinate")
    np.testing.assert_allclose(wide[[1, 2, 3]], centroids_of(retail), atol=1e-9)
    # A centroid lies in the plane of its components.
    np.testing.assert_allclose(wide.drop(columns=[1, 2, 3]), 0, atol=1e-9)
    rows = retail.table(SEGMENT_CENTROIDS.name).to_pandas()
    names = [p.feature for p in retail.model.matrix]
    scaled = rows.pivot_table(index="segment_id", columns="feature", values="scaled")[names]
    reference = PCA(COUNT).fit(scaled_of(retail))
    turned = reference.components_ @ loadings_of(retail).T
    expected = reference.inverse_transform(centroids_of(retail) @ turned.T)
    np.testing.assert_allclose(scaled, expected, atol=1e-9)
    # So that the two tables find the same nearest centroid as the components do.
    distances = np.linalg.norm(scaled_of(retail)[:, None] - scaled.to_numpy()[None], axis=2)
    np.testing.assert_array_equal(distances.argmin(axis=1) + 1, published(retail, "segment_id"))


def test_the_live_view_gives_the_published_segments(retail: segdb.Result) -> None:
    same = retail.query(
        "SELECT count(*) AS customers, count(*) FILTER (a.segment_id = b.segment_id "
        "AND abs(a.distance - b.distance) < 1e-9 AND abs(a.margin - b.margin) < 1e-9) AS same "
        "FROM segdb.segments a JOIN segdb.segments_live b USING (customer_id)"
    ).to_pylist()[0]
    assert same["same"] == same["customers"] == retail.facts["customers"]


def test_importance_and_rules_are_of_the_features(retail: segdb.Result) -> None:
    scaled, ids = scaled_of(retail), published(retail, "segment_id")
    sizes = np.bincount(ids)[1:]
    means = np.array([scaled[ids == number].mean(axis=0) for number in range(1, K + 1)])
    between = sizes @ (means - scaled.mean(axis=0)) ** 2 / len(ids)
    table = retail.table("feature_statistics").to_pandas().set_index("feature").importance
    names = [p.feature for p in retail.model.matrix]
    np.testing.assert_allclose(table[names], between / scaled.var(axis=0), rtol=1e-9)
    rules = retail.query("SELECT rule FROM segdb.segment_profiles")["rule"].to_pylist()
    assert any(rules)
    assert not any("component" in rule for rule in rules if rule)


def test_segments_keep_their_ids_when_components_are_turned(retail: segdb.Result) -> None:
    model = retail.model
    assert model.components is not None
    flipped = Components(
        model.components.means,
        tuple(tuple(-weight for weight in one) for one in reversed(model.components.loadings)),
    )
    turned = replace(
        model,
        components=flipped,
        segments=tuple(
            replace(one, centroid=tuple(-value for value in reversed(one.centroid)))
            for one in model.segments
        ),
    )
    shuffled = tuple(model.segments[place].centroid for place in (3, 0, 4, 2, 1))
    figures = [0.0] * K
    fitted = Fitted(
        centroids=shuffled,
        inertia=0.0,
        silhouette=0.0,
        stability=0.0,
        silhouettes=tuple(figures),
        stabilities=tuple(figures),
        stability_errors=tuple(figures),
        smallest_share=0.0,
        matrix_rows=0,
        matrix_inertia=0.0,
        unrefined_inertia=0.0,
        refine_steps=0,
        verdict="",
        clear=False,
        k_selection=(),
    )
    width = range(len(model.matrix))
    known = PreviousRun(turned, 9, tuple(width), (), ((0.0, 1.0),) * len(width))
    _, segments, names = match_segments(fitted, model, known, 0.01)
    assert [s.segment_id for s in segments] == [1, 2, 3, 4, 5]
    assert [s.centroid for s in segments] == [s.centroid for s in model.segments]
    assert list(names) == [s.name for s in model.segments]


def test_all_components_give_the_segments_of_the_features_and_they_keep_their_ids() -> None:
    with shops.opened() as connection:
        found = []
        for count in (3, None):
            settings = shops.settings("orders", features={"components": count})
            made = segdb.run("shop", database=connection, settings=settings)
            named = [(s.segment_id, s.name) for s in made.model.segments]
            found.append((named, made.facts["inertia"], published(made, "segment_id")))
    (named, inertia, ids), (named_without, inertia_without, ids_without) = found
    assert inertia == pytest.approx(inertia_without, rel=1e-6)
    assert named == named_without
    assert (ids == ids_without).mean() > 0.99


def test_runs_on_components_are_compared_and_published_again() -> None:
    with shops.opened() as connection:
        settings = shops.settings("orders", features={"components": 2})
        segdb.run("shop", database=connection, settings=settings)
        asked = "SELECT customer_id, segment_id, round(distance, 9) FROM segdb.segments ORDER BY 1"
        before = connection.execute(asked).fetchall()
        connection.execute("DELETE FROM shop WHERE basket % 7 = 0").fetchall()
        segdb.run("shop", database=connection, settings=settings)
        store = DuckDB(connection)
        found = difference(store, "segdb", 1, 2)
        assert found.customers
        assert sum(row["customers"] for row in found.customers) >= len(before)
        rollback(store, "segdb", 1, 3)
        assert connection.execute(asked).fetchall() == before


def test_more_components_than_features() -> None:
    with shops.opened() as connection:
        settings = shops.settings("orders", features={"components": 6})
        with pytest.raises(
            segdb.SettingsError, match=r"components = 6, and the matrix has 3 features"
        ):
            segdb.run("shop", database=connection, settings=settings)
        held = connection.execute(
            "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'segdb'"
        )
        assert held.fetchall()[0][0] == 0


def test_other_algorithms_see_the_components() -> None:
    with shops.opened() as connection:
        settings = shops.settings("orders", features={"components": 2})
        made = segdb.run("shop", database=connection, settings=settings)
        rows = {row["algorithm"]: row for row in compare_run(DuckDB(connection), "segdb").rows}
    assert rows["K-Means"]["adjusted_rand"] > 0.95
    assert rows["K-Means"]["silhouette"] == pytest.approx(made.facts["silhouette"], abs=0.01)
