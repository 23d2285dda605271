"""A likelihood with a known maximum and curvature, and those that have none."""

from __future__ import annotations

import numpy as np
import pytest

from segdb.value.maximise import Floats, NoMaximumError, maximise

COUNT = 50


def gaussian(parameters: Floats) -> tuple[float, Floats]:
    """Of (x, y): the sum of COUNT normal log-densities around (3, 0.2), standard deviation 1."""
    away = parameters - np.array([3.0, 0.2])
    return float(-COUNT * (away @ away) / 2), -COUNT * away


def test_the_maximum_and_its_errors() -> None:
    found = maximise(gaussian, [(1.0, 1.0), (10.0, 0.1)], COUNT)
    x, y = found.estimates
    assert x.value == pytest.approx(3.0, rel=1e-6)
    assert y.value == pytest.approx(0.2, rel=1e-6)
    assert x.error == pytest.approx(1 / np.sqrt(COUNT), rel=1e-4)
    assert y.error == pytest.approx(1 / np.sqrt(COUNT), rel=1e-3)
    assert found.log_likelihood == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_without_a_maximum_it_says_so(sign: float) -> None:
    def ridge(parameters: Floats) -> tuple[float, Floats]:
        """Higher the larger, or the smaller, the parameter is."""
        return float(sign * np.log(parameters).sum()), sign / parameters

    with pytest.raises(NoMaximumError):
        maximise(ridge, [(1.0,)], 1)
