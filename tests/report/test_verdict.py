"""The verdict in a sentence."""

from __future__ import annotations

from typing import Any

import pytest

from segdb.report.verdict import quality


@pytest.mark.parametrize(
    ("silhouette", "words"),
    [
        (0.71, "clearly distinct (silhouette 0.71)"),
        (0.51, "reasonably distinct (silhouette 0.51)"),
        (0.26, "run into each other at their edges (silhouette 0.26)"),
        (0.25, "without clear borders (silhouette 0.25)"),
        (-0.1, "without clear borders (silhouette -0.10)"),
    ],
)
def test_follows_kaufman_and_rousseeuw(silhouette: float, words: str) -> None:
    assert words in quality({"silhouette": silhouette}, [], [])


@pytest.mark.parametrize(
    ("silhouette", "stable", "whole", "words"),
    [
        (0.6, (0.8, 0.9), 0.9, ", and each of them is found again when the data are resampled."),
        (0.3, (0.8, 0.9), 0.9, ", but each of them is found again when the data are resampled."),
        (0.6, (0.8, 0.9), 0.7, ", but their borders shift when the data are resampled."),
        (0.3, (0.8, 0.9), 0.7, ", and their borders shift when the data are resampled."),
        (0.6, (0.65, 0.9), None, ", but their borders shift when the data are resampled."),
        (0.6, (0.5, 0.9), 0.9, ", but 1 of 2 is not found again when the data are resampled."),
        (0.3, (0.5, 0.4), 0.9, ", and 2 of 2 are not found again when the data are resampled."),
        (0.6, (None, None), None, "(silhouette 0.60)."),
    ],
)
def test_follows_hennig_and_does_not_contradict_the_choice(
    silhouette: float, stable: tuple[float | None, ...], whole: float | None, words: str
) -> None:
    tried: list[dict[str, Any]] = [
        {"selected": False, "stability": 0.1},
        {"selected": True, "stability": whole},
    ]
    sentence = quality({"silhouette": silhouette}, [{"stability": one} for one in stable], tried)
    assert sentence.endswith(words)


def test_says_nothing_where_nothing_was_measured() -> None:
    assert quality({"silhouette": None}, [{"stability": 0.9}], []) == ""
