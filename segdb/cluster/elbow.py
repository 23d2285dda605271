"""Elbow: where the curve of the inertia bends, if it does."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from segdb.cluster.matrix import Floats

# Without clusters inertia goes with k to the power of -2 / d, which does not bend on logarithmic
# axes. Uniform noise in a square bends by 2.1 at k = 4, and no noise that was tried by more.
SHARP = 2.2
# In many dimensions slopes are near zero and their ratio says little.
_LEAST_TURN = 0.3
# Share of the mean step by which Kneedle's difference must fall behind the knee (the paper's S).
_SENSITIVITY = 1.0


def elbow(ks: Sequence[int], inertias: Sequence[float], one: float | None = None) -> int | None:
    """Return the k at which the curve bends.

    Where it bends sharply on logarithmic axes, that is where; it happens only if there are
    clusters, and finds them also where the curve is already low. Else it is the knee by Kneedle
    (Satopää et al. 2011): the place farthest below the diagonal of the unit square. A smooth curve
    has one too, so that a knee alone is no proof of clusters: the verdict weighs that.

    Args:
        ks: numbers of clusters, ascending.
        inertias: the inertia of each, in any unit.
        one: the inertia of a single cluster, which shows whether the curve bends at k = 2.

    Returns:
        None for fewer than three points, a curve that does not fall, or one without a knee.
    """
    if len(ks) < 3 or not inertias[0] > inertias[-1] >= 0.0:
        return None
    turns = bends(ks, inertias, one)
    sharpest = max(turns, key=lambda k: turns[k])
    if turns[sharpest] >= SHARP:
        return sharpest
    return _kneedle(ks, inertias)


def bends(
    ks: Sequence[int], inertias: Sequence[float], one: float | None = None
) -> dict[int, float]:
    """Return of each inner k how much steeper the curve is before it than behind it.

    The slopes are those on logarithmic axes; 1 is no bend.
    """
    if one is not None and ks[0] == 2:
        ks, inertias = (1, *ks), (one, *inertias)
    least = 1e-12 * inertias[0]
    slopes: Floats = -np.diff(np.log(np.maximum(inertias, least))) / np.diff(np.log(ks))
    before, behind = slopes[:-1], slopes[1:]
    ratios = before / np.maximum(behind, 1e-3)
    turns = np.where(before - behind >= _LEAST_TURN, ratios, np.minimum(ratios, SHARP - 0.1))
    return dict(zip(ks[1:-1], turns.tolist(), strict=True))


def _kneedle(ks: Sequence[int], inertias: Sequence[float]) -> int | None:
    x = (np.array(ks, dtype=float) - ks[0]) / (ks[-1] - ks[0])
    y = (np.array(inertias) - inertias[-1]) / (inertias[0] - inertias[-1])
    below = 1.0 - y - x
    knee = int(below.argmax())
    fallen = below[knee] - below[knee:].min() > _SENSITIVITY * np.diff(x).mean()
    return ks[knee] if 0 < knee < len(ks) - 1 and fallen else None
