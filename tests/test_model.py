"""The model as data: its order, and its round trip through JSON."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segdb.errors import SettingsError
from segdb.features.catalogue import Catalogue, Entry
from segdb.features.rfm import RfmRules
from segdb.model import VERSION, Components, Model, Parameters, Segment, matrix_column

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


def parameters(feature: str, position: int | None) -> Parameters:
    left_out = "constant" if position is None else None
    return Parameters(feature, position, left_out, 0.1, None, 1 / 3, "log1p", -2.5, 1e-300)


MODEL = Model(
    catalogue=Catalogue(
        (
            Entry("monetary", "orders"),
            Entry("a\"b'😀", "sql", sql="sum(x) FILTER (WHERE y = 'é\n')"),
            Entry("Education_PhD", "category", "Education", "PhD"),
        )
    ),
    parameters=(parameters("monetary", 1), parameters("a\"b'😀", 0), parameters("E", None)),
    segments=(Segment(3, "Loyal", (0.1, 0.2)), Segment(1, "Lost \u2028 </script>", (1e300, -0.0))),
    score_edges={"monetary": (0.1, 0.2, 0.3, 1e10)},
)


def test_json_round_trip() -> None:
    text = MODEL.to_json()
    assert Model.from_json(text) == MODEL
    assert Model.from_json(text).to_json() == text


@settings(deadline=None)
@given(st.lists(NUMBERS, min_size=1), NUMBERS, st.text(), st.none() | NUMBERS)
def test_every_number_comes_back_to_the_last_bit(
    centroid: list[float], center: float, name: str, bound: float | None
) -> None:
    model = Model(
        Catalogue((Entry(name, "attribute", name),)),
        (Parameters(name, 0, None, center, bound, bound, "none", center, 1.0),),
        (Segment(1, name, tuple(centroid)),),
        {name: tuple(centroid)},
    )
    assert Model.from_json(model.to_json()) == model


def test_rules_and_bounds_go_through_json() -> None:
    rules = RfmRules(("monetary",), (("A 'b' {c}", "m_score > 3"), ("D", "1 = 1")), "E", ("f",))
    moved = replace(MODEL.parameters[0], transform="yeo-johnson", power=0.1, fill_last=True)
    within = {"monetary": (None, 1 / 3), "a": (-0.1, None)}
    model = replace(MODEL, rfm=rules, within=within, parameters=(moved,))
    assert Model.from_json(model.to_json()) == model


def test_a_model_of_before_there_were_rules_is_read() -> None:
    values = json.loads(MODEL.to_json())
    del values["rfm"], values["within"]
    for parameters in values["parameters"]:
        del parameters["power"], parameters["fill_last"]
    assert Model.from_json(json.dumps(values)) == MODEL


def test_components_go_through_json() -> None:
    components = Components((0.1, -1e-300), ((1 / 3, 2 / 3), (-2 / 3, 1 / 3)))
    model = replace(MODEL, components=components)
    assert Model.from_json(model.to_json()) == model
    assert model.columns == ("component_1", "component_2")


def test_a_model_of_the_first_version_is_read() -> None:
    values = {**json.loads(MODEL.to_json()), "version": 1}
    del values["components"]
    assert Model.from_json(json.dumps(values)) == MODEL


def test_a_centroid_on_components_goes_back_to_features() -> None:
    turned = Components((1.0, 2.0), ((0.6, 0.8), (-0.8, 0.6)))
    whole = replace(MODEL, components=turned)
    back = whole.scaled(turned.coordinates((3.0, -4.0)))
    assert back == pytest.approx((3.0, -4.0))
    # One component keeps what lies along it.
    assert turned.first(1).scaled((5.0,)) == pytest.approx((1.0 + 3.0, 2.0 + 4.0))
    assert MODEL.scaled(MODEL.segments[0].centroid) == MODEL.segments[0].centroid


def test_the_matrix_goes_by_position() -> None:
    assert [p.feature for p in MODEL.matrix] == ["a\"b'😀", "monetary"]
    assert [p.column for p in MODEL.matrix] == ["x_a\"b'😀", "x_monetary"]
    assert matrix_column("monetary") == "x_monetary"


def test_a_model_of_another_version_is_refused() -> None:
    values = {**json.loads(MODEL.to_json()), "version": VERSION + 1}
    with pytest.raises(SettingsError, match=f"version {VERSION + 1}"):
        Model.from_json(json.dumps(values))
