"""The gap statistic against a plain NumPy version."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from segdb.cluster.gap import gaps
from segdb.cluster.kmeans_range import fit_range
from segdb.cluster.matrix import Floats, Matrix

KS = range(2, 6)
REFERENCES = 12


def blobs(rows: int = 400) -> Floats:
    draw = np.random.default_rng(6)
    centers = np.array([[0.0, 0.0], [6.0, 0.0], [0.0, 9.0]])
    return centers[draw.integers(0, 3, rows)] + draw.normal(size=(rows, 2))


def plain(values: Floats) -> dict[int, tuple[float, float]]:
    """Tibshirani, Walther and Hastie (2001), section 4, with references of its own."""
    draw = np.random.default_rng(99)
    centered = values - values.mean(axis=0)
    axes = np.linalg.eigh(np.cov(centered, rowvar=False))[1]
    turned = centered @ axes

    def logs(of: Floats) -> list[float]:
        ks = (1, *KS)
        return [np.log(KMeans(k, n_init=5, random_state=0).fit(of).inertia_) for k in ks]

    noise = np.array(
        [
            logs(draw.uniform(turned.min(axis=0), turned.max(axis=0), turned.shape) @ axes.T)
            for _ in range(REFERENCES)
        ]
    )
    gap = noise.mean(axis=0) - logs(values)
    error = np.sqrt(((noise - noise.mean(axis=0)) ** 2).mean(axis=0) * (1 + 1 / REFERENCES))
    return dict(zip((1, *KS), zip(gap.tolist(), error.tolist(), strict=True), strict=True))


def test_equal_to_the_plain_version_within_its_error() -> None:
    values = blobs()
    matrix = Matrix.of(values)
    found = gaps(matrix, fit_range(matrix, KS, 1, 5), seed=2, references=REFERENCES)
    assert found is not None
    with threadpool_limits(1):
        expected = plain(values)
    for k, (gap, error) in expected.items():
        # All rows are in each draw: the paper's formula, with n - 1.
        assert found[k].share == 1.0
        sd = np.std(found[k].draws, ddof=1)
        assert found[k].error == pytest.approx(sd * np.sqrt(1 + 1 / REFERENCES), rel=1e-12)
        assert found[k].gap == pytest.approx(gap, abs=2 * error)
        assert found[k].error == pytest.approx(error, rel=0.7)
    assert max(found, key=lambda k: found[k].gap) == 3


def test_noise_has_no_gap() -> None:
    matrix = Matrix.of(np.random.default_rng(3).random((600, 4)))
    found = gaps(matrix, fit_range(matrix, KS, 1, 5), seed=2, references=REFERENCES)
    assert found is not None
    assert all(abs(found[k].gap - found[1].gap) < 0.05 for k in KS)


def test_a_coreset_and_a_large_matrix_give_what_a_small_one_gives() -> None:
    draw = np.random.default_rng(1)
    values = blobs(8_000)
    # Far rows are drawn more often, and weigh less.
    chance = np.minimum(1.0, 0.1 + 0.02 * ((values - values.mean(axis=0)) ** 2).sum(axis=1))
    kept = np.flatnonzero(draw.random(8_000) < chance)
    coreset = Matrix.of(values[kept], 1.0 / chance[kept])
    small, large = Matrix.of(values[:2_000]), Matrix.of(values)
    rises = []
    for matrix in (small, large, coreset):
        found = gaps(matrix, fit_range(matrix, KS, 1, 3), seed=2, references=REFERENCES)
        assert found is not None
        rises.append([found[k].gap - found[1].gap for k in KS])
    np.testing.assert_allclose(rises[1], rises[0], atol=0.1)
    np.testing.assert_allclose(rises[2], rises[0], atol=0.1)


@pytest.mark.parametrize("kind", ["planted", pytest.param("heavy", marks=pytest.mark.slow)])
def test_the_error_is_the_spread_over_seeds(kind: str) -> None:
    draw = np.random.default_rng(8)
    values = blobs(60_000) if kind == "planted" else draw.standard_t(3, size=(60_000, 2))
    matrix = Matrix.of(values)
    fits = fit_range(matrix, (2, 3), 1, 1)
    found = [gaps(matrix, fits, seed, references=10) for seed in range(14)]
    known = [one for one in found if one is not None]
    assert len(known) == len(found)
    for k in (1, 2, 3):
        spread = np.std([one[k].gap for one in known], ddof=1)
        assert 0.7 < np.mean([one[k].error for one in known]) / spread < 1.5
    # What the draws share in both is not in the error of the difference.
    spread = np.std([one[3].gap - one[2].gap for one in known], ddof=1)
    errors = [one[3].error_of_difference(one[2]) for one in known]
    assert 0.6 < np.mean(errors) / spread < 1.7
    assert np.mean(errors) < np.mean([one[3].error for one in known])


def test_a_few_rows_more_than_a_draw_change_the_error_little() -> None:
    values = blobs(2_200)
    errors = []
    for rows in (2_000, 2_200):
        matrix = Matrix.of(values[:rows])
        found = gaps(matrix, fit_range(matrix, (2, 3), 1, 1), seed=2, references=20)
        assert found is not None
        errors.append(found[3].error)
    assert errors[1] == pytest.approx(errors[0], rel=0.6)


def test_undefined_where_nothing_is_left_within() -> None:
    matrix = Matrix.of(np.eye(4).repeat(10, axis=0))
    assert gaps(matrix, fit_range(matrix, range(2, 5), 1, 2), seed=2, references=3) is None
