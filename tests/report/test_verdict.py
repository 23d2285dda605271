"""The verdict in a sentence."""

from __future__ import annotations

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
    assert words in quality({"silhouette": silhouette}, [])


@pytest.mark.parametrize(
    ("stable", "words"),
    [
        ((0.8, 0.9), "each of them is found again"),
        ((0.65, 0.9), "most of them are found again"),
        ((0.5, 0.9), "1 of 2 would not be found again"),
        ((None, None), "0.60)."),
    ],
)
def test_follows_hennig(stable: tuple[float | None, ...], words: str) -> None:
    assert words in quality({"silhouette": 0.6}, [{"stability": value} for value in stable])


def test_says_nothing_where_nothing_was_measured() -> None:
    assert quality({"silhouette": None}, [{"stability": 0.9}]) == ""
