"""Principal components against scikit-learn's."""

from __future__ import annotations

import numpy as np
from sklearn.decomposition import PCA

from segdb.cluster.pca import principal


def test_equal_to_scikit_learns_up_to_sign() -> None:
    draw = np.random.default_rng(3)
    values = draw.normal(size=(400, 5)) @ draw.normal(size=(5, 5))
    found = principal(np.cov(values, rowvar=False, bias=True).tolist())
    reference = PCA().fit(values)
    np.testing.assert_allclose(found.explained_share, reference.explained_variance_ratio_)
    signs = np.sign((found.loadings * reference.components_).sum(axis=1))
    np.testing.assert_allclose(found.loadings, reference.components_ * signs[:, None], atol=1e-9)


def test_the_largest_loading_is_positive() -> None:
    draw = np.random.default_rng(4)
    for _ in range(20):
        values = draw.normal(size=(50, 4))
        loadings = principal(np.cov(values, rowvar=False).tolist()).loadings
        largest = np.abs(loadings).argmax(axis=1)
        assert (loadings[np.arange(4), largest] > 0).all()


def test_of_loadings_as_large_the_first_is_positive() -> None:
    for noise in (-1e-15, 0.0, 1e-15):
        found = principal([[1.0 + noise, 0.3], [0.3, 1.0 - noise]])
        np.testing.assert_allclose(found.loadings, np.array([[1, 1], [1, -1]]) / np.sqrt(2))


def test_without_variance_nothing_is_explained() -> None:
    found = principal([[0.0, 0.0], [0.0, 0.0]])
    assert found.explained_share.tolist() == [0.0, 0.0]
