"""Skewness and transforms as SciPy has them, and the choice between them."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
import sqlglot
from scipy import stats

from segdb.engines.duckdb.database import DuckDB
from segdb.errors import SettingsError
from segdb.exports.dialects import DIALECTS, Dialect
from segdb.exports.transpile import to_dialect
from segdb.expressions.preprocess import preprocess
from segdb.expressions.transform import (
    TRANSFORMS,
    choose,
    natural_value,
    scaled_value,
    shape,
    transform,
    within_domain,
)
from segdb.model import Parameters, Transform

Values = npt.NDArray[np.float64]
Columns = Mapping[str, Values]


def test_shape(features: DuckDB, columns: Columns) -> None:
    row = features.rows(shape(features.unbound("features", "features"), list(columns)))[0]
    for place, values in enumerate(columns.values()):
        wanted = stats.skew(values, bias=True)
        assert row[f"skewness_{place}"] == pytest.approx(wanted, rel=1e-9)
        assert row[f"minimum_{place}"] == values.min()


def test_a_constant_has_no_skewness(store: DuckDB) -> None:
    store.connection.register("features", pa.table({"a": [3.0, 3.0, 3.0]}))
    query = shape(store.unbound("features", "features"), ["a"])
    assert store.rows(query) == [{"skewness_0": None, "minimum_0": 3.0}]


NAMES = ("tail", "level", "signed", "left", "constant")
SKEWNESS = (4.0, 1.0, 3.0, -2.0, None)
MINIMUM = (0.0, 0.0, -0.5, 0.0, 5.0)


@pytest.mark.parametrize(
    ("wish", "wanted"),
    [
        ("auto", ("log1p", "none", "none", "log1p", "none")),
        ("none", ("none",) * 5),
        ({}, ("none",) * 5),
        ({"level": "log1p", "tail": "none"}, ("none", "log1p", "none", "none", "none")),
        ({"signed": "log1p"}, ("none", "none", "log1p", "none", "none")),
        ("yeo-johnson", ("yeo-johnson",) * 5),
        ({"*": "auto", "level": "sqrt"}, ("log1p", "sqrt", "none", "log1p", "none")),
        ({"constant": "log"}, ("none", "none", "none", "none", "log")),
    ],
)
def test_choose(wish: str | Mapping[str, str], wanted: tuple[Transform, ...]) -> None:
    assert choose(NAMES, wish, SKEWNESS, MINIMUM) == wanted


def test_a_wish_for_a_feature_that_is_not_there_names_the_nearest() -> None:
    with pytest.raises(SettingsError, match=r"no feature 'tale'.*'tail'"):
        choose(NAMES, {"tale": "log1p"}, SKEWNESS, MINIMUM)


@pytest.mark.parametrize("least", [-1.0, -20.5])
def test_log1p_below_its_domain_is_refused(least: float) -> None:
    with pytest.raises(SettingsError, match=f"goes down to {least:g}"):
        choose(("a",), {"a": "log1p"}, (0.0,), (least,))


def test_applied(features: DuckDB, columns: Columns) -> None:
    table = features.unbound("features", "features")
    table = table.mutate(x_monetary=table.monetary, x_balance=table.balance)
    learned = [
        Parameters("monetary", 0, None, 0.0, None, None, "log1p", 0.0, 1.0),
        Parameters("balance", 1, None, 0.0, None, None, "none", 0.0, 1.0),
    ]
    got = features.fetch(transform(table, learned).order_by("customer_id"))
    assert np.allclose(got["x_monetary"], np.log1p(columns["monetary"]), rtol=1e-9, atol=0)
    assert np.array_equal(got["x_balance"], columns["balance"])
    assert np.array_equal(got["monetary"], columns["monetary"])


def test_where_a_transform_is_not_defined_each_feature_is_named_with_its_minimum() -> None:
    with pytest.raises(SettingsError) as caught:
        choose(NAMES, {"*": "sqrt", "a b": "none"}, SKEWNESS, MINIMUM)
    assert "no feature 'a b'" in str(caught.value)
    with pytest.raises(SettingsError) as caught:
        choose(NAMES, "log", SKEWNESS, MINIMUM)
    assert "log is not defined for 'tail', which goes down to 0;" in str(caught.value)
    assert "'signed', which goes down to -0.5;" in str(caught.value)
    line = str(caught.value).split("transform = ")[1]
    wish = tomllib.loads(f"transform = {line}")["transform"]
    assert choose(NAMES, wish, SKEWNESS, MINIMUM) == ("none", "none", "none", "none", "log")


def test_zeros_and_ones_are_never_transformed() -> None:
    got = choose(NAMES, "sqrt", SKEWNESS, (0.0, 0.0, 0.0, -1.0, 5.0), frozenset({"left"}))
    assert got == ("sqrt", "sqrt", "sqrt", "none", "sqrt")


# By transform and power, the same by NumPy and SciPy.
CASES: Mapping[tuple[Transform, float | None], Callable[[Values], Values]] = {
    ("none", None): lambda x: x,
    ("log1p", None): np.log1p,
    ("log", None): np.log,
    ("sqrt", None): np.sqrt,
    **{
        ("yeo-johnson", power): partial(stats.yeojohnson, lmbda=power)
        for power in (-2.5, -0.1, 0.0, 0.4, 1.0, 2.0, 3.3)
    },
}


def test_every_transform_has_a_case() -> None:
    assert {name for name, _ in CASES} == set(TRANSFORMS)


@pytest.mark.parametrize(("name", "power"), CASES)
@pytest.mark.parametrize("feature", ["monetary", "balance"])
def test_applied_as_numpy_and_scipy_do(
    features: DuckDB, columns: Columns, name: Transform, power: float | None, feature: str
) -> None:
    values = columns[feature] / (1 if feature == "monetary" else 300)
    if TRANSFORMS[name].least is not None:
        values = np.abs(values) + 0.01
    p = Parameters(feature, 0, None, 0.0, None, None, name, 0.5, 2.0, power)
    features.connection.register("moved", pa.table({"x": values}))
    table = features.unbound("moved", "moved").mutate(**{p.column: ibis._.x})
    got = np.array(features.fetch(transform(table, [p]))[p.column])
    wanted = CASES[name, power](values)
    assert np.allclose(got, wanted, rtol=1e-9, atol=1e-12)
    scaled = [scaled_value(p, value) for value in values[:50].tolist()]
    assert np.allclose(scaled, (wanted[:50] - 0.5) / 2.0, rtol=1e-9, atol=1e-12)
    assert np.allclose([natural_value(p, s) for s in scaled], values[:50], rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(("name", "power"), CASES)
@pytest.mark.parametrize("scaled", [-1e6, 1e6])
def test_what_no_value_is_taken_to_comes_back_as_a_number(
    name: Transform, power: float | None, scaled: float
) -> None:
    p = Parameters("a", 0, None, 0.0, 1.0, 9.0, name, 0.0, 1.0, power)
    assert np.isfinite(natural_value(p, scaled))


def test_a_later_value_below_the_domain_is_capped(store: DuckDB) -> None:
    p = Parameters("a", 0, None, 0.0, -50.0, None, "log", 0.0, 1.0)
    bounded = within_domain(p, 2.0)
    assert (bounded.lower, bounded.upper) == (2.0, None)
    assert within_domain(replace(p, lower=1.0), 2.0).lower == 1.0
    assert within_domain(replace(p, transform="none"), 2.0).lower == -50.0
    store.connection.register("features", pa.table({"a": [-7.0, 0.0, 3.0]}))
    table = preprocess(store.unbound("features", "features"), [bounded])
    assert np.allclose(store.fetch(table)["x_a"], np.log([2.0, 2.0, 3.0]))


@pytest.mark.parametrize("into", DIALECTS.values(), ids=lambda into: into.name)
def test_every_dialect_has_a_word_for_it(into: Dialect) -> None:
    table = ibis.table({"x_a": "float64"}, name="capped")
    for name, power in CASES:
        p = Parameters("a", 0, None, 0.0, None, None, name, 0.0, 1.0, power)
        sql = to_dialect("transformed", transform(table, [p]), into)
        assert sqlglot.parse_one(sql, read=into.compiler)
