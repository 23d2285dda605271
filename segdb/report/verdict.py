"""The verdict on the segments, in sentences that a reader without statistics can weigh."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

# Kaufman and Rousseeuw, "Finding Groups in Data" (1990), on the silhouette.
_STRUCTURE = (
    (0.70, "The segments are clearly distinct"),
    (0.50, "The segments are reasonably distinct"),
    (0.25, "The segments run into each other at their edges"),
)
_NO_STRUCTURE = "The segments divide a crowd without clear borders"
# Hennig, "Cluster-wise assessment of cluster stability" (2007), on the mean Jaccard similarity.
_STABLE, _PATTERN = 0.75, 0.60


def quality(run: Mapping[str, Any], segments: Sequence[Mapping[str, Any]]) -> str:
    """Say in one sentence how good the segments are; empty where nothing was measured.

    Args:
        run: a row of ``runs``.
        segments: rows of ``segment_profiles``.
    """
    silhouette = run["silhouette"]
    if silhouette is None:
        return ""
    words = next((words for least, words in _STRUCTURE if silhouette > least), _NO_STRUCTURE)
    return f"{words} (silhouette {silhouette:.2f}){_stability(segments)}."


def _stability(segments: Sequence[Mapping[str, Any]]) -> str:
    found = [row["stability"] for row in segments if row["stability"] is not None]
    if not found:
        return ""
    shaky = sum(value < _PATTERN for value in found)
    if shaky:
        return f", and {shaky} of {len(found)} would not be found again in other samples"
    if min(found) >= _STABLE:
        return ", and each of them is found again when the data are resampled"
    return ", and most of them are found again when the data are resampled"
