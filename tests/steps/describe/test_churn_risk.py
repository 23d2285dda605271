"""Churn risk is the measured one, else by the probability of being alive, else not said."""

from __future__ import annotations

import pytest

from segdb.steps.describe.churn_risk import ChurnRisk, MeasuredReturn, churn_risk


def test_what_was_measured_comes_first() -> None:
    found = churn_risk(MeasuredReturn(75, 100, 0.657, 0.825), alive=0.1)
    assert (found.churn_risk, found.churn_basis) == ("low", "backtest")
    assert (found.churn_rate, found.churn_rate_lower, found.churn_rate_upper) == pytest.approx(
        (0.25, 0.175, 0.343)
    )


@pytest.mark.parametrize(
    ("alive", "word"),
    [(1.0, "low"), (0.71, "low"), (0.7, "medium"), (0.41, "medium"), (0.4, "high")],
)
def test_then_comes_the_probability_of_being_alive(alive: float, word: str) -> None:
    found = churn_risk(MeasuredReturn(0, 0, 0.0, 1.0), alive)
    assert (found.churn_risk, found.churn_basis, found.churn_rate_lower) == (word, "p_alive", None)
    assert found.churn_rate == pytest.approx(1 - alive)


def test_else_it_is_not_said() -> None:
    assert churn_risk(None, None) == ChurnRisk(None, None, None, None, None)


def test_an_interval_from_low_to_high_has_no_word() -> None:
    found = churn_risk(MeasuredReturn(2, 4, 0.15, 0.85), None)
    assert (found.churn_risk, found.churn_rate) == (None, 0.5)
