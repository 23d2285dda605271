"""The compact matrix: what it takes, what it refuses, and how rows are drawn of it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from segdb.cluster.matrix import Matrix
from segdb.errors import DataError


def table(**columns: list[object]) -> pa.Table:
    return pa.table({"customer_id": ["a", "b", "c"], **columns})


def test_columns_become_features_in_their_order() -> None:
    given = table(weight=[1, 2, 3], recency=[1.5, 2.5, 3.5], spend=[10, 20, 30])
    matrix = Matrix.from_arrow(given, "customer_id", "weight")
    assert matrix.features == ("recency", "spend")
    assert matrix.values.tolist() == [[1.5, 10.0], [2.5, 20.0], [3.5, 30.0]]
    assert matrix.weights.tolist() == [1.0, 2.0, 3.0]
    assert matrix.values.flags.c_contiguous
    assert matrix.values.dtype == np.float64
    assert matrix.ids is not None
    assert matrix.ids.to_pylist() == ["a", "b", "c"]


def test_without_a_weight_column_each_row_weighs_one() -> None:
    assert Matrix.from_arrow(table(x=[1, 2, 3]), "customer_id", None).weights.tolist() == [1.0] * 3


@pytest.mark.parametrize(
    ("value", "told"), [(None, "missing"), (float("nan"), "nan"), (float("inf"), "inf")]
)
def test_a_value_that_is_no_number_is_named(value: float | None, told: str) -> None:
    given = table(recency=[1.0, 2.0, 3.0], spend=[1.0, value, 3.0])
    with pytest.raises(DataError, match=f"'spend' of customer b is {told}"):
        Matrix.from_arrow(given, "customer_id", None)


def test_a_weight_must_be_above_zero() -> None:
    with pytest.raises(DataError, match="weight of customer c is 0"):
        Matrix.from_arrow(table(x=[1, 2, 3], weight=[1, 1, 0]), "customer_id", "weight")


def test_distinct_rows() -> None:
    assert Matrix.of(np.array([[1.0, 2.0], [1.0, 2.0], [2.0, 1.0]])).distinct_rows == 2


def test_rows_are_drawn_once_each_and_by_the_seed() -> None:
    matrix = Matrix.of(np.arange(1000.0)[:, None])
    places = matrix.draw(100, np.random.default_rng(1))
    assert len(set(places.tolist())) == 100
    assert (np.diff(places) > 0).all()
    assert (places == matrix.draw(100, np.random.default_rng(1))).all()
    assert matrix.draw(2000, np.random.default_rng(1)).tolist() == list(range(1000))


def test_a_sample_of_a_weighted_matrix_stands_for_its_customers() -> None:
    values = np.array([[0.0], [1.0]]).repeat(500, axis=0)
    weights = np.array([9.0, 1.0]).repeat(500)
    sample = Matrix.of(values, weights).sample(1000, np.random.default_rng(1))
    assert sample.weights.tolist() == [1.0] * 1000
    assert sample.values.mean() == pytest.approx(0.1, abs=0.03)


def test_taken_rows_keep_their_ids() -> None:
    taken = Matrix.from_arrow(table(x=[1, 2, 3]), "customer_id", None).take(np.array([2, 0]))
    assert taken.ids is not None
    assert taken.ids.to_pylist() == ["c", "a"]
    assert taken.values.tolist() == [[3.0], [1.0]]
