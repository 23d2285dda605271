"""The value model goes to JSON and back, alone and within the model."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from segdb.value_model import Estimate, PurchaseModel, SpendModel, ValueModel

ORDERS = PurchaseModel(
    "mbg/nbd", Estimate(0.5, 0.1), Estimate(43.0, 5.0), Estimate(0.9, 0.2), Estimate(1.6, 0.5),
    -14363.2, 2357, 946,
)  # fmt: skip
SPEND = SpendModel(Estimate(6.25, 1.2), Estimate(3.74, 0.3), Estimate(15.44, 4.2), -4055.9, 946)
MODEL = ValueModel(ORDERS, SPEND, 90)
NOBODY_STOPS = replace(MODEL, purchases=replace(ORDERS, family="nbd", a=None, b=None))


@pytest.mark.parametrize("model", [MODEL, NOBODY_STOPS, replace(MODEL, spend=None)])
def test_json_round_trip(model: ValueModel) -> None:
    assert ValueModel.from_dict(json.loads(json.dumps(model.to_dict()))) == model


def test_parameters() -> None:
    assert list(MODEL.parameters()) == ["r", "alpha", "a", "b", "p", "q", "gamma"]
    assert list(NOBODY_STOPS.parameters()) == ["r", "alpha", "p", "q", "gamma"]


def test_mean_amount_is_that_of_the_published_table() -> None:
    """Fader and Hardie 2013: who never came back is expected to pay 35.17."""
    published = SpendModel(Estimate(6.2495, 1), Estimate(3.7442, 1), Estimate(15.4435, 1), 0.0, 946)
    assert published.mean == pytest.approx(35.17, abs=5e-3)
