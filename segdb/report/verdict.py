"""The verdict on the segments, in sentences that a reader without statistics can weigh."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from segdb.interval import STABLE, interval, side

# Kaufman and Rousseeuw, "Finding Groups in Data" (1990), on the silhouette.
_STRUCTURE = (
    (0.70, "The segments are clearly distinct"),
    (0.50, "The segments are reasonably distinct"),
    (0.25, "The segments run into each other at their edges"),
)
_NO_STRUCTURE = "The segments divide a crowd without clear borders"
# Hennig, "Cluster-wise assessment of cluster stability" (2007), on the mean Jaccard similarity.
_FOUND_AGAIN, _PATTERN = 0.75, 0.60
_DISTINCT = 0.50
# A mean over resamples, and its standard error.
Mean = tuple[float, float | None]


def quality(
    run: Mapping[str, Any],
    segments: Sequence[Mapping[str, Any]],
    tried: Sequence[Mapping[str, Any]],
) -> str:
    """Say in one sentence how good the segments are; empty where nothing was measured.

    Args:
        run: a row of ``runs``.
        segments: rows of ``segment_profiles``.
        tried: rows of ``k_selection``, at least ``selected`` and ``stability``. Of either,
            ``stability_error`` may be missing: releases before it did not publish it.
    """
    silhouette = run["silhouette"]
    if silhouette is None:
        return ""
    words = next((words for least, words in _STRUCTURE if silhouette > least), _NO_STRUCTURE)
    whole = _means(row for row in tried if row["selected"])
    stability = _stability(silhouette > _DISTINCT, _means(segments), whole)
    return f"{words} (silhouette {silhouette:.2f}){stability}."


def _means(rows: Iterable[Mapping[str, Any]]) -> list[Mean]:
    return [
        (row["stability"], row.get("stability_error"))
        for row in rows
        if row["stability"] is not None
    ]


def _stability(distinct: bool, segments: Sequence[Mean], whole: Sequence[Mean]) -> str:
    """Say what is beyond its error; what may lie on either side of a line is uncertain."""
    if not segments:
        return ""
    shaky = sum(side(*mean, _PATTERN) == "below" for mean in segments)
    lines = [*((mean, _FOUND_AGAIN) for mean in segments), *((mean, STABLE) for mean in whole)]
    sides = [side(*mean, line) for mean, line in lines]
    stable = all(one == "above" for one in sides)
    link = "and" if stable == distinct else "but"
    if stable:
        return f", {link} each of them is found again when the data are resampled"
    # What does not come back speaks against segments that are distinct, and with the others.
    if shaky:
        return (
            f", {link} {shaky} of {len(segments)} {'is' if shaky == 1 else 'are'} not found again "
            "when the data are resampled"
        )
    if "below" in sides:
        return f", {link} their borders shift when the data are resampled"
    if any(side(*mean, STABLE) == "uncertain" for mean in whole):
        return f"; their stability is uncertain ({', '.join(interval(*mean) for mean in whole)})"
    unsure = [mean for mean in segments if side(*mean, _FOUND_AGAIN) == "uncertain"]
    least = interval(*min(unsure))
    return f"; the stability of {len(unsure)} of {len(segments)} is uncertain ({least})"
