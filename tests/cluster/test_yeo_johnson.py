"""Lambdas of Yeo-Johnson as SciPy and scikit-learn find them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from scipy import stats
from sklearn.preprocessing import PowerTransformer

from segdb.cluster.matrix import Floats, Matrix
from segdb.cluster.yeo_johnson import best_powers, likelihood

DRAW = np.random.default_rng(3)
COLUMNS: Mapping[str, Floats] = {
    "lognormal": DRAW.lognormal(3, 1, 4000),
    "normal": DRAW.normal(5, 2, 4000),
    "left": 10 - DRAW.gamma(2, 1, 4000),
    "both sides": DRAW.standard_t(4, 4000) * 3 + DRAW.exponential(2, 4000),
    "counts": DRAW.geometric(0.3, 4000).astype(float),
    "below 0": -DRAW.lognormal(1, 0.7, 4000),
}


def test_as_scikit_learn_and_scipy() -> None:
    values = np.column_stack(list(COLUMNS.values()))
    found = best_powers(Matrix.of(values))
    assert found == pytest.approx(
        PowerTransformer(standardize=False).fit(values).lambdas_, abs=1e-5
    )
    assert found == pytest.approx([stats.yeojohnson(c)[1] for c in COLUMNS.values()], abs=1e-5)


@pytest.mark.parametrize("power", [-1.5, 0.0, 0.3, 1.0, 2.0, 3.5])
@pytest.mark.parametrize("name", COLUMNS)
def test_the_likelihood_is_scipy_s(name: str, power: float) -> None:
    values = COLUMNS[name]
    wanted = stats.yeojohnson_llf(power, values)
    assert likelihood(values, np.ones(len(values)), power) == pytest.approx(wanted, rel=1e-9)


def test_a_weight_counts_a_row_as_often() -> None:
    values, weights = COLUMNS["both sides"][:300], DRAW.integers(1, 5, 300)
    found = best_powers(Matrix.of(values[:, None], weights.astype(float)))
    assert found == pytest.approx([stats.yeojohnson(np.repeat(values, weights))[1]], abs=1e-5)


@pytest.mark.parametrize(
    "values", [[3.0] * 5, [0.0, 1e99], [-1e99, 1e99], [1e6, 1e6 + 1, 1e6 + 5], [0.0, 0.0, 1e-12]]
)
def test_whatever_comes_is_transformed_to_finite_numbers(values: list[float]) -> None:
    power = best_powers(Matrix.of(np.array(values)[:, None]))[0]
    assert np.isfinite(stats.yeojohnson(np.array(values), lmbda=power)).all()
    assert values != [3.0] * 5 or power == 1.0
