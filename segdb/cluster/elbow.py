"""Elbow: where the curve of the inertia bends, if it does."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from segdb.cluster.matrix import Floats

# Share of the mean step by which the difference must fall behind the knee (the S of the paper).
_SENSITIVITY = 1.0
# How much steeper the curve must be before the knee than behind it, on logarithmic axes. Without
# clusters it is a straight line there, as inertia goes with k to the power of -2 / d.
_BEND = 1.35


def elbow(ks: Sequence[int], inertias: Sequence[float]) -> int | None:
    """Return the k at the knee of the curve, by Kneedle (Satopää et al. 2011).

    The curve is brought to the unit square; the knee is where it lies farthest below the diagonal,
    provided that the distance falls behind it by more than the sensitivity. A smooth curve
    has such a place too, so the knee must also be a bend on logarithmic axes.

    Args:
        ks: numbers of clusters, ascending.
        inertias: the inertia of each, in any unit.

    Returns:
        None for fewer than three points, a curve that does not fall, or one without a bend.
    """
    if len(ks) < 3 or not inertias[0] > inertias[-1] > 0.0:
        return None
    x = (np.array(ks, dtype=float) - ks[0]) / (ks[-1] - ks[0])
    y = (np.array(inertias) - inertias[-1]) / (inertias[0] - inertias[-1])
    below = 1.0 - y - x
    knee = int(below.argmax())
    inside = 0 < knee < len(ks) - 1
    fallen = below[knee] - below[knee:].min() > _SENSITIVITY * np.diff(x).mean()
    if not (inside and fallen and bends(ks, inertias)[knee - 1] >= _BEND):
        return None
    return ks[knee]


def bends(ks: Sequence[int], inertias: Sequence[float]) -> Floats:
    """Return of each inner k how much steeper the curve is before it than behind it (logarithms)."""
    slopes = -np.diff(np.log(inertias)) / np.diff(np.log(ks))
    return slopes[:-1] / np.maximum(slopes[1:], 1e-12)
