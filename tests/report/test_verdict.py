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
        # Within two errors of a line nothing is said of it.
        (0.6, (0.8, 0.9), 0.83, "(silhouette 0.60); their stability is uncertain (0.79 to 0.87)."),
        (0.6, (0.8, 0.9), 0.78, "(silhouette 0.60); their stability is uncertain (0.74 to 0.82)."),
        (0.6, (0.77, 0.9), 0.9, "; the stability of 1 of 2 is uncertain (0.73 to 0.81)."),
        (0.6, (0.62, 0.9), 0.9, ", but their borders shift when the data are resampled."),
        (0.6, (0.58, 0.9), 0.9, ", but their borders shift when the data are resampled."),
    ],
)
def test_follows_hennig_and_does_not_contradict_the_choice(
    silhouette: float, stable: tuple[float | None, ...], whole: float | None, words: str
) -> None:
    tried: list[dict[str, Any]] = [
        {"selected": False, "stability": 0.1, "stability_error": 0.02},
        {"selected": True, "stability": whole, "stability_error": 0.02},
    ]
    segments = [{"stability": one, "stability_error": 0.02} for one in stable]
    assert quality({"silhouette": silhouette}, segments, tried).endswith(words)


def test_without_errors_nothing_is_certain() -> None:
    tried = [{"selected": True, "stability": 0.95}]
    sentence = quality({"silhouette": 0.6}, [{"stability": 0.9}], tried)
    assert sentence.endswith("uncertain (0.95, of which the error is not known).")


def test_says_nothing_where_nothing_was_measured() -> None:
    assert quality({"silhouette": None}, [{"stability": 0.9}], []) == ""
