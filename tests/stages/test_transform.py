"""Skewness as SciPy measures it, the choice that follows, and log1p."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from scipy import stats

from segdb.errors import SettingsError
from segdb.model import Parameters, Transform
from segdb.stages.transform import choose, shape, transform
from segdb.store.duckdb import DuckDB

Columns = Mapping[str, npt.NDArray[np.float64]]


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
