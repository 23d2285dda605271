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
_DISTINCT = 0.50


# From a mean adjusted Rand index of so much on, a whole segmentation counts as stable.
_SAME = 0.8


def quality(
    run: Mapping[str, Any],
    segments: Sequence[Mapping[str, Any]],
    tried: Sequence[Mapping[str, Any]],
) -> str:
    """Say in one sentence how good the segments are; empty where nothing was measured.

    Args:
        run: a row of ``runs``.
        segments: rows of ``segment_profiles``.
        tried: rows of ``k_selection``, at least ``selected`` and ``stability``.
    """
    silhouette = run["silhouette"]
    if silhouette is None:
        return ""
    words = next((words for least, words in _STRUCTURE if silhouette > least), _NO_STRUCTURE)
    distinct = silhouette > _DISTINCT
    found = [row["stability"] for row in segments if row["stability"] is not None]
    whole = [row["stability"] for row in tried if row["selected"] and row["stability"] is not None]
    return f"{words} (silhouette {silhouette:.2f}){_stability(distinct, found, whole)}."


def _stability(distinct: bool, found: Sequence[float], whole: Sequence[float]) -> str:
    if not found:
        return ""
    shaky = sum(value < _PATTERN for value in found)
    stable = not shaky and min(found) >= _STABLE and all(value >= _SAME for value in whole)
    link = "and" if stable == distinct else "but"
    if stable:
        return f", {link} each of them is found again when the data are resampled"
    # What does not come back speaks against segments that are distinct, and with the others.
    if shaky:
        return (
            f", {link} {shaky} of {len(found)} {'is' if shaky == 1 else 'are'} not found again "
            "when the data are resampled"
        )
    return f", {link} their borders shift when the data are resampled"
