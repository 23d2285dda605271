"""Gamma-Gamma: the published fit of CDNOW, and planted amounts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from segdb.value.maximise import NoMaximumError
from segdb.value.spend import fit_spend, spend_likelihood
from tests.value.cdnow import days_of


def test_cdnow_is_as_published(cdnow: Path) -> None:
    """Fader and Hardie 2013 (brucehardie.com/notes/025): 6.25, 3.74, 15.44 and -4,055.92."""
    with days_of(cdnow) as connection:
        rows = connection.sql(
            "SELECT repeats, amount FROM histories WHERE repeats > 0 AND amount > 0"
        ).to_arrow_table()
    model = fit_spend(rows)
    assert model.customers == 946
    assert model.p.value == pytest.approx(6.25, abs=5e-3)
    assert model.q.value == pytest.approx(3.74, abs=5e-3)
    assert model.gamma.value == pytest.approx(15.44, abs=5e-3)
    assert model.log_likelihood == pytest.approx(-4055.92, abs=5e-3)


def amounts(customers: int, p: float, q: float, gamma: float) -> pa.Table:
    draw = np.random.default_rng(3)
    repeats = draw.geometric(0.3, customers)
    scales = draw.gamma(q, 1 / gamma, customers)
    return pa.table({"repeats": repeats, "amount": draw.gamma(p * repeats, 1 / scales) / repeats})


def test_planted_parameters_are_found() -> None:
    model = fit_spend(amounts(5000, 4.0, 3.0, 50.0))
    for estimate, value in ((model.p, 4.0), (model.q, 3.0), (model.gamma, 50.0)):
        assert abs(estimate.value - value) < 3 * estimate.error
    assert model.mean == pytest.approx(100.0, rel=0.05)


def test_the_currency_changes_nothing() -> None:
    rows = amounts(1000, 4.0, 3.0, 50.0)
    cents = rows.set_column(1, "amount", pa.array(rows["amount"].to_numpy() * 100))
    one, other = fit_spend(rows), fit_spend(cents)
    assert other.p.value == pytest.approx(one.p.value, rel=1e-5)
    assert other.gamma.value == pytest.approx(100 * one.gamma.value, rel=1e-5)


def test_gradient() -> None:
    rows = amounts(300, 4.0, 3.0, 50.0)
    likelihood = spend_likelihood(
        rows["repeats"].to_numpy().astype(float), rows["amount"].to_numpy()
    )
    at = np.array([5.0, 2.5, 40.0])
    _, gradient = likelihood(at)
    for place, step in enumerate(np.eye(3) * at * 1e-5):
        slope = (likelihood(at + step)[0] - likelihood(at - step)[0]) / (2 * step[place])
        assert gradient[place] == pytest.approx(slope, rel=1e-5)


def test_amounts_without_a_mean_have_no_model() -> None:
    with pytest.raises(NoMaximumError, match="mean is infinite"):
        fit_spend(amounts(3000, 4.0, 0.7, 50.0))


def test_of_one_price_everybody_is_expected_to_pay_it() -> None:
    """Likewise where each customer always pays their own."""
    rows = pa.table({"repeats": [1, 2, 9] * 100, "amount": [9.99] * 300})
    model = fit_spend(rows)
    assert model.mean == pytest.approx(9.99)
    assert {one.error for one in (model.p, model.q, model.gamma)} == {0.0}


def test_who_ordered_often_is_expected_to_pay_their_own_mean() -> None:
    draw = np.random.default_rng(8)
    levels = np.exp(draw.normal(3.0, 0.8, 2000))
    model = fit_spend(pa.table({"repeats": draw.geometric(0.3, 2000), "amount": levels}))
    p, q, gamma = (one.value for one in (model.p, model.q, model.gamma))
    assert p * (gamma + 40 * 50.0) / (p * 40 + q - 1) == pytest.approx(50.0, rel=0.02)
