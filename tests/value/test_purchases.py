"""Published fits of CDNOW, and a planted shop."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from segdb.value.maximise import NoMaximumError
from segdb.value.purchases import Histories, fit_purchases, purchase_likelihood, rate_likelihood
from segdb.value_model import Family, PurchaseModel
from tests.value.cdnow import days_of

WEEK = 7.0


def values(model: PurchaseModel) -> dict[str, float]:
    assert model.a is not None
    assert model.b is not None
    return {
        "r": model.r.value,
        "alpha": model.alpha.value / WEEK,
        "a": model.a.value,
        "b": model.b.value,
    }


def in_weeks(model: PurchaseModel, histories: Histories) -> float:
    """The log-likelihood with time in weeks: a density of times has their unit."""
    repeats = float((histories.repeats * histories.customers).sum())
    return model.log_likelihood + repeats * math.log(WEEK)


@pytest.fixture(scope="module")
def cdnow_histories(cdnow: Path) -> Histories:
    with days_of(cdnow) as connection:
        rows = connection.sql(
            "SELECT repeats, last, observed, count(*) AS customers FROM histories GROUP BY ALL"
        ).to_arrow_table()
    return Histories.of(rows)


def test_bg_nbd_is_as_published(cdnow_histories: Histories) -> None:
    """Fader, Hardie and Lee 2005: 0.243, 4.414, 0.793, 2.426 and -9,582.4."""
    model = fit_purchases(cdnow_histories, "bg/nbd")
    assert model.customers == 2357
    assert model.returned == 946
    published = {"r": 0.2425945, "alpha": 4.4136019, "a": 0.7929199, "b": 2.4258881}
    assert values(model) == pytest.approx(published, rel=2e-5)
    assert in_weeks(model, cdnow_histories) == pytest.approx(-9582.429, abs=1e-3)


def test_mbg_nbd_is_as_recomputed(cdnow_histories: Histories) -> None:
    model = fit_purchases(cdnow_histories, "mbg/nbd")
    recomputed = {"r": 0.525, "alpha": 6.183, "a": 0.891, "b": 1.614}
    assert values(model) == pytest.approx(recomputed, abs=6e-4)
    assert in_weeks(model, cdnow_histories) == pytest.approx(-9582.133, abs=4e-3)


def test_the_unit_of_time_changes_nothing(cdnow_histories: Histories) -> None:
    h = cdnow_histories
    scaled = Histories(h.repeats, h.last / WEEK, h.observed / WEEK, h.customers)
    days, weeks = fit_purchases(h, "mbg/nbd"), fit_purchases(scaled, "mbg/nbd")
    assert weeks.alpha.value == pytest.approx(days.alpha.value / WEEK, rel=1e-6)
    assert weeks.alpha.error == pytest.approx(days.alpha.error / WEEK, rel=1e-3)
    assert weeks.r.value == pytest.approx(days.r.value, rel=1e-6)


@pytest.mark.parametrize("family", ["mbg/nbd", "bg/nbd"])
def test_gradients_are_those_of_the_likelihood(cdnow_histories: Histories, family: Family) -> None:
    at = np.array([0.5, 40.0, 0.9, 1.6])
    for likelihood, point in (
        (purchase_likelihood(cdnow_histories, family), at),
        (rate_likelihood(cdnow_histories), at[:2]),
    ):
        _, gradient = likelihood(point)
        for place, step in enumerate(np.eye(len(point)) * point * 1e-5):
            slope = (likelihood(point + step)[0] - likelihood(point - step)[0]) / (2 * step[place])
            assert gradient[place] == pytest.approx(slope, rel=1e-5, abs=1e-4)


def planted(customers: int, seed: int, *, stopping: bool = True) -> Histories:
    """Histories drawn from MBG/NBD, or from NBD where nobody stops."""
    draw = np.random.default_rng(seed)
    rows = np.zeros((customers, 3))
    for place in range(customers):
        rate = draw.gamma(0.8, 1 / 40.0)
        stop = draw.beta(0.9, 2.5) if stopping else 0.0
        observed = draw.uniform(200.0, 700.0)
        repeats, at, last = 0, 0.0, 0.0
        while draw.random() >= stop:
            at += draw.exponential(1 / rate)
            if at > observed:
                break
            repeats, last = repeats + 1, at
        rows[place] = repeats, last, observed
    return Histories(rows[:, 0], rows[:, 1], rows[:, 2], np.ones(customers))


def test_planted_parameters_are_found() -> None:
    model = fit_purchases(planted(8000, 11), "mbg/nbd")
    assert model.family == "mbg/nbd"
    assert model.a is not None
    assert model.b is not None
    planted_values = (0.8, 40.0, 0.9, 2.5)
    for estimate, value in zip(
        (model.r, model.alpha, model.a, model.b), planted_values, strict=True
    ):
        assert estimate.error > 0
        assert abs(estimate.value - value) < 3 * estimate.error


def test_where_all_are_equally_likely_to_stop_a_prior_helps() -> None:
    """The Beta of the chances to stop has no maximum then; its mean is still known."""
    draw = np.random.default_rng(5)
    rows = []
    for _ in range(3000):
        rate, observed = draw.gamma(0.8, 1 / 40.0), draw.uniform(200.0, 700.0)
        repeats, at, last = 0, 0.0, 0.0
        while draw.random() >= 0.2:
            at += draw.exponential(1 / rate)
            if at > observed:
                break
            repeats, last = repeats + 1, at
        rows.append((repeats, last, observed, 1.0))
    table = np.array(rows)
    model = fit_purchases(Histories(*table.T), "mbg/nbd")
    assert model.family == "mbg/nbd"
    assert model.stopping is not None
    a, b = model.stopping
    assert a / (a + b) == pytest.approx(0.2, abs=0.03)
    assert model.used_prior == (a + b > 20)


def test_where_all_order_at_one_rate_a_prior_helps() -> None:
    """The rates' Gamma has no maximum then; their mean, r / alpha, is still known."""
    draw = np.random.default_rng(6)
    observed = draw.uniform(200.0, 500.0, 2000)
    repeats = np.floor(observed / 30.0)  # steadier than at random
    last = observed * np.where(repeats > 0, 0.9, 0.0)
    histories = Histories(repeats, last, observed, np.ones(2000))
    model = fit_purchases(histories, "mbg/nbd")
    assert model.used_prior
    assert model.r.value / model.alpha.value == pytest.approx(1 / 30, rel=0.05)


def test_where_nobody_stops_it_is_nbd() -> None:
    model = fit_purchases(planted(3000, 12, stopping=False), "mbg/nbd")
    assert model.family == "nbd"
    assert model.stopping is None
    assert abs(model.r.value - 0.8) < 3 * model.r.error
    assert abs(model.alpha.value - 40.0) < 3 * model.alpha.error


def test_counted_histories_are_the_customers_one_by_one() -> None:
    every = planted(500, 13)
    rounded = Histories(
        every.repeats, np.round(every.last, -1), np.round(every.observed, -1), every.customers
    )
    table = pa.table(
        {"repeats": rounded.repeats, "last": rounded.last, "observed": rounded.observed}
    )
    counted = table.group_by(["repeats", "last", "observed"]).aggregate([([], "count_all")])
    grouped = Histories.of(counted.rename_columns(["repeats", "last", "observed", "customers"]))
    at = np.array([0.5, 40.0, 0.9, 1.6])
    families: tuple[Family, ...] = ("mbg/nbd", "bg/nbd")
    for family in families:
        one, other = (purchase_likelihood(h, family) for h in (rounded, grouped))
        assert one(at)[0] == pytest.approx(other(at)[0])
        assert one(at)[1] == pytest.approx(other(at)[1])


def test_who_never_came_back_has_no_model() -> None:
    one = np.full(600, 1.0)
    with pytest.raises(NoMaximumError):
        fit_purchases(Histories(one * 0, one * 0, one * 100, one), "mbg/nbd")
