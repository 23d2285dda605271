"""The elbow: published curves, curves with a known bend, and curves with none."""

from __future__ import annotations

import numpy as np
import pytest

from segdb.cluster.elbow import SHARP, bends, elbow

# Mall customers, income and spending, k = 1 to 6: published.
MALL = (269_981.28, 181_363.5960, 106_348.3731, 73_679.7890, 44_448.45544793, 37_233.8145)


def test_the_published_curve_of_the_mall() -> None:
    assert elbow(range(2, 7), MALL[1:], one=MALL[0]) == 5
    assert elbow(range(1, 7), MALL) == 5


@pytest.mark.parametrize("at", range(3, 10))
def test_a_sharp_bend_is_found_wherever_it_is(at: int) -> None:
    # Steep as k^-3 up to the bend, and flat as k^-0.5 behind it.
    ks = np.arange(2, 11)
    curve = np.where(ks <= at, (ks / at) ** -3.0, (ks / at) ** -0.5)
    assert elbow(ks.tolist(), curve.tolist()) == at
    assert bends(ks.tolist(), curve.tolist())[at] == pytest.approx(6.0)


def test_two_clusters_are_seen_by_the_inertia_of_one() -> None:
    ks = range(2, 8)
    curve = [10.0 * (k / 2) ** -0.5 for k in ks]
    assert elbow(ks, curve, one=100.0) == 2
    assert elbow(ks, curve, one=10.0 * 2**0.5) != 2


def test_the_knee_of_a_smooth_curve_is_kneedles() -> None:
    # Of 1 / k the difference 1 - y - x of the unit square is largest at sqrt(first · last).
    ks = range(1, 17)
    assert elbow(ks, [1.0 / k for k in ks]) == 4
    assert max(bends(ks, [1.0 / k for k in ks]).values()) < SHARP


@pytest.mark.parametrize(
    "curve", [[5.0, 4.0], [4.0, 4.0, 4.0, 4.0], [4.0, 3.0, 2.0, 1.0], [1.0, 2.0, 3.0]]
)
def test_no_elbow(curve: list[float]) -> None:
    assert elbow(range(2, 2 + len(curve)), curve) is None


def test_an_inertia_of_zero_is_an_elbow_if_more_k_were_tried() -> None:
    assert elbow([2, 3, 4], [9.0, 4.0, 0.0]) is None
    assert elbow([2, 3, 4, 5], [9.0, 4.0, 0.0, 0.0]) == 4
