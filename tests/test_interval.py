"""On which side of a line a mean lies."""

from __future__ import annotations

import pytest

from segdb.interval import interval, side


@pytest.mark.parametrize(
    ("mean", "error", "expected"),
    [
        (0.9, 0.04, "above"),
        (0.9, 0.06, "uncertain"),
        (0.7, 0.04, "below"),
        (0.7, 0.06, "uncertain"),
        (0.8, 0.0, "above"),
        (0.79, 0.0, "below"),
        (1.0, None, "uncertain"),
    ],
)
def test_two_errors_must_lie_on_one_side(mean: float, error: float | None, expected: str) -> None:
    assert side(mean, error, 0.8) == expected


def test_an_interval_ends_at_one() -> None:
    assert interval(0.78, 0.06) == "0.66 to 0.90"
    assert interval(0.98, 0.06) == "0.86 to 1.00"
    assert interval(0.98, None) == "0.98, of which the error is not known"
