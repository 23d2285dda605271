"""The rules integrate what they shall: moments of the density, by mpmath."""

from __future__ import annotations

import mpmath
import pytest

from segdb.value.nodes import beta_rule, nodes
from segdb.value_model import Estimate, PurchaseModel, ValueModel


@pytest.mark.parametrize(
    ("a", "b"), [(0.9, 1.6), (0.05, 3.0), (3.0, 0.2), (0.8, 4096.5), (1.0, 1.0), (20.0, 0.7)]
)
def test_moments(a: float, b: float) -> None:
    points, weights = beta_rule(a, b, 24)
    assert all(0.0 < p <= 1.0 for p in points)
    assert sum(weights) == pytest.approx(1.0)
    for power in (1, 2, 7):
        mean = sum(w * p**power for p, w in zip(points, weights, strict=True))
        exact = mpmath.beta(a + power, b) / mpmath.beta(a, b)
        assert mean == pytest.approx(float(exact), rel=1e-11)


def model(alpha: float, horizon: int) -> ValueModel:
    one = Estimate(1.0, 0.1)
    orders = PurchaseModel("mbg/nbd", one, Estimate(alpha, 0.1), one, one, 0.0, 1, 1)
    return ValueModel(orders, None, horizon)


def test_a_longer_look_takes_more_nodes() -> None:
    few, many = nodes(model(100.0, 30)), nodes(model(1.0, 730))
    assert len(few) < len(many)
    bands = {row["band"] for row in few}
    assert bands == {0, *(2**power for power in range(16))}
    assert {row["band"] for row in many} == bands


def test_where_nobody_stops_there_are_none() -> None:
    one = Estimate(1.0, 0.1)
    assert nodes(ValueModel(PurchaseModel("nbd", one, one, None, None, 0.0, 1, 1), None, 90)) == []
