"""Match personas: which name fits which segment, each name at most once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from segdb.cluster.libraries import linear_sum_assignment

# Squared scores: a name that fits worse by so much is worse than the same name twice.
AGAIN = 0.5
# The field's names are cells of a grid of r and f; money and tenure only tell neighbours apart.
_WEIGHTS = {"m": 0.5, "t": 0.5}


def match_places(
    segments: Sequence[Mapping[str, float]],
    places: Sequence[Mapping[str, float]],
    offsets: Sequence[Sequence[float]],
) -> tuple[int, ...]:
    """Give each segment the place that fits, so that the sum of squared distances is least.

    The distance is over the axes of the place that the segment has, their mean by weight. A place
    is taken again only where any other would fit worse by ``AGAIN`` (the Hungarian method, Kuhn
    1955, by SciPy).

    Args:
        segments: of each segment, its value by axis.
        places: of each place, its value by axis.
        offsets: of each segment, what is added to its distance from each place: much where the
            place is not to be taken, and less than nothing where it is to be taken before others.

    Returns:
        For each segment the index of its place.
    """
    if not segments:
        return ()
    fits = np.array([[distance(segment, place) for place in places] for segment in segments])
    fits += np.array(offsets)
    cost = np.hstack([fits + (AGAIN if again else 0.0) for again in range(len(segments))])
    _, columns = linear_sum_assignment(cost)
    return tuple(int(column) % len(places) for column in columns)


def distance(segment: Mapping[str, float], place: Mapping[str, float]) -> float:
    """Return the mean squared distance over the axes of the place that the segment has."""
    shared = [axis for axis in place if axis in segment]
    if not shared:
        return 1e2
    squares = [(segment[axis] - place[axis]) ** 2 for axis in shared]
    return float(np.average(squares, weights=[_WEIGHTS.get(axis, 1.0) for axis in shared]))
