"""Rules: they find their segment, are short, and their figures can be recounted."""

from __future__ import annotations

import numpy as np
import pytest

from segdb.cluster.decision_rules import find, matches
from segdb.cluster.matrix import Matrix

NAMES = ("recency", "spend")


def labelled(
    values: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    labels: np.ndarray[tuple[int], np.dtype[np.int64]],
) -> Matrix:
    columns = np.ascontiguousarray(np.column_stack([labels.astype(float), values]))
    return Matrix(None, columns, np.ones(len(values)), ("nearest", *NAMES))


def test_a_box_is_found_exactly() -> None:
    draw = np.random.default_rng(1)
    values = draw.uniform(0, 100, size=(2_000, 2))
    labels = ((values[:, 0] <= 30) & (values[:, 1] > 60)).astype(int)
    rule = find(labelled(values, labels), "nearest", 2)[1]
    assert rule is not None
    assert len(rule) == 1
    assert rule[0]["recency"] == pytest.approx((-np.inf, 30), abs=0.5)
    assert rule[0]["spend"] == pytest.approx((60, np.inf), abs=0.5)
    found = matches(rule, values, NAMES)
    assert (found == (labels == 1)).mean() > 0.99


def test_thresholds_are_round() -> None:
    draw = np.random.default_rng(2)
    values = draw.normal(50, 20, size=(1_000, 2))
    labels = (values[:, 1] > 51.234567).astype(int)
    for rule in find(labelled(values, labels), "nearest", 2):
        assert rule is not None
        assert all(len(f"{x:g}") <= 4 for box in rule for limits in box.values() for x in limits)


def test_at_most_three_bounds() -> None:
    draw = np.random.default_rng(3)
    values = draw.normal(size=(3_000, 2))
    labels = np.digitize(np.hypot(*values.T), [0.7, 1.4])
    for rule in find(labelled(values, labels), "nearest", 3):
        assert rule is not None
        for box in rule:
            assert 1 <= np.isfinite(list(box.values())).sum() <= 3


def test_a_cluster_without_rows_has_no_rule() -> None:
    values = np.random.default_rng(4).normal(size=(100, 2))
    assert find(labelled(values, np.zeros(100, dtype=int)), "nearest", 2) == [None, None]


def test_matches_is_a_disjunction_of_conjunctions() -> None:
    rule = {"recency": (-np.inf, 1.0), "spend": (5.0, np.inf)}, {"recency": (9.0, np.inf)}
    values = np.array([[1.0, 6.0], [1.0, 5.0], [10.0, 0.0], [9.0, 9.0]])
    assert matches(rule, values, NAMES).tolist() == [True, False, True, False]


def test_rounding_closes_no_conjunction() -> None:
    draw = np.random.default_rng(5)
    values = draw.uniform(0, 100, size=(2_000, 2))
    labels = np.digitize(values[:, 0], [50.2, 50.6, 80.0])
    for rule in find(labelled(values, labels), "nearest", 4):
        assert rule is not None
        assert all(low < high for box in rule for low, high in box.values())
