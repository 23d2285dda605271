"""The choice of k: published figures, planted segments, noise."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn import metrics
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from segdb.cluster.k_scan import Candidate, Draws, k_scan, verdict
from segdb.cluster.matrix import Floats, Matrix, Places
from segdb.cluster.nearest import nearest
from segdb.cluster.silhouette import EXACT_ROWS
from segdb.cluster.stability import adjusted_rand
from segdb.errors import DataError

KS = range(2, 8)


def planted(rows: int = 900, clusters: int = 4) -> tuple[Floats, Places]:
    draw = np.random.default_rng(12)
    centers = np.eye(clusters) * 7.0
    own = draw.integers(0, clusters, rows)
    return centers[own] + draw.normal(size=(rows, clusters)), own


def plain(values: Floats, ks: range = KS, sample: Matrix | None = None) -> tuple[Candidate, ...]:
    return k_scan(Matrix.of(values), sample, ks, seed=42, n_init=5, draws=Draws(0, 0))


@pytest.fixture(scope="module")
def mall(shared_data: Path) -> Floats:
    with (shared_data / "mall_customers.csv").open() as file:
        rows = [(float(row[3]), float(row[4])) for row in list(csv.reader(file))[1:]]
    return np.array(rows)


def test_published_figures_of_the_mall(mall: Floats) -> None:
    found = {one.k: one for one in plain(mall, range(2, 7))}
    published = {2: 181_363.5960, 3: 106_348.3731, 4: 73_679.7890, 6: 37_233.8145}
    for k, inertia in published.items():
        assert found[k].inertia == pytest.approx(inertia, abs=5.1e-5)
    assert found[5].inertia == pytest.approx(44_448.45544793, abs=5.1e-9)
    assert found[5].silhouette == pytest.approx(0.553931997445, abs=5.1e-13)
    assert sorted(np.bincount(found[5].fit.labels)) == [22, 23, 35, 39, 81]
    assert found[5].inertia / (1 - found[5].explained) == pytest.approx(269_981.28, abs=5.1e-3)


def test_the_mall_has_five_segments(mall: Floats) -> None:
    standardized = Matrix.of((mall - mall.mean(axis=0)) / mall.std(axis=0))
    found = k_scan(standardized, None, range(2, 11), seed=42, n_init=10)
    five = found[3]
    assert five.inertia == pytest.approx(65.5684081557, abs=5.1e-11)
    assert five.silhouette == pytest.approx(0.5546571631, abs=5.1e-11)
    decision = verdict(found, "elbow")
    assert (decision.k, decision.clear) == (5, True)
    assert decision.sentence.startswith("5 segments: a clear choice; ")
    preferring = [text.partition(" prefers")[0] for text in decision.evidence[5]]
    assert preferring[:4] == ["elbow", "silhouette", "Davies-Bouldin", "gap statistic"]


def test_every_figure_is_scikit_learns() -> None:
    values, _ = planted()
    for one in plain(values):
        labels = one.fit.labels
        assert one.silhouette == pytest.approx(metrics.silhouette_score(values, labels), abs=1e-9)
        reference = metrics.davies_bouldin_score(values, labels)
        assert one.davies_bouldin == pytest.approx(reference, rel=1e-9)
        reference = metrics.calinski_harabasz_score(values, labels)
        assert one.calinski_harabasz == pytest.approx(reference, rel=1e-9)
        assert (one.gap, one.gap_error, one.gap_of_one, one.stability) == (None,) * 4


def test_planted_segments_are_found_by_every_criterion() -> None:
    values, own = planted()
    found = k_scan(Matrix.of(values), None, KS, seed=1, n_init=5)
    for criterion in ("elbow", "silhouette", "davies_bouldin", "calinski_harabasz", "gap"):
        decision = verdict(found, criterion)
        assert (decision.k, decision.criterion_used, decision.clear) == (4, criterion, True)
    assert adjusted_rand(found[2].fit.labels, own) >= 0.9
    assert found[2].stability == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize("dimensions", [2, 6])
@pytest.mark.parametrize("kind", ["uniform", "normal"])
def test_no_k_is_clear_in_noise(kind: str, dimensions: int) -> None:
    draw = np.random.default_rng(3)
    values = getattr(draw, kind)(size=(500, dimensions))
    found = k_scan(Matrix.of(values), None, KS, seed=1, n_init=2, draws=Draws(resamples=0))
    without_gap = [replace(one, gap=None, gap_error=None, gap_of_one=None) for one in found]
    for evidence in (found, without_gap):
        decision = verdict(evidence, "elbow")
        assert not decision.clear
        assert "for the data show no clear clusters" in decision.sentence


def test_above_its_limit_the_silhouette_is_that_of_a_uniform_sample() -> None:
    values, _ = planted(EXACT_ROWS + 500)
    exact = metrics.silhouette_score(values[:4_000], nearest(values[:4_000], np.eye(4) * 7.0))
    given = plain(values, range(4, 5), sample=Matrix.of(values[:4_000]))[0]
    assert given.silhouette == pytest.approx(exact, abs=1e-3)
    own = plain(values, range(4, 5))[0]
    assert own.silhouette == pytest.approx(exact, abs=1e-2)
    assert own.silhouette == plain(values, range(4, 5))[0].silhouette


def test_a_weight_of_two_is_two_customers() -> None:
    values, _ = planted(300)
    weights = np.random.default_rng(1).integers(1, 3, 300)
    matrix = Matrix.of(values, weights.astype(float))
    weighted = k_scan(matrix, None, range(4, 5), seed=1, n_init=5, draws=Draws(0, 0))[0]
    repeated = plain(values.repeat(weights, axis=0), range(4, 5))[0]
    for name in ("inertia", "explained", "davies_bouldin", "calinski_harabasz"):
        assert getattr(weighted, name) == pytest.approx(getattr(repeated, name), rel=1e-9)


def test_the_number_of_threads_changes_no_bit() -> None:
    values, _ = planted(600)
    found = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            found.append(k_scan(Matrix.of(values), None, range(3, 6), 7, 3, Draws(2, 2)))
    for one, two in zip(*found, strict=True):
        assert (one.fit.centroids == two.fit.centroids).all()
        for name in ("inertia", "silhouette", "davies_bouldin", "gap", "gap_error", "stability"):
            assert getattr(one, name) == getattr(two, name)


def test_kinds_of_customers_bound_k() -> None:
    values = np.eye(4).repeat(25, axis=0)
    assert [one.k for one in plain(values)] == [2, 3, 4]
    with pytest.raises(DataError, match="only 4 kinds"):
        plain(values, range(5, 6))
    with pytest.raises(DataError, match="all alike"):
        plain(np.ones((50, 2)))
