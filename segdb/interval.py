"""Interval: how far a mean or a share is known, and on which side of a line it lies."""

from __future__ import annotations

import math
from typing import Literal

# Standard errors to each side of a mean: about 95 % of a normal distribution.
ERRORS = 2.0
# The same, exactly, for the intervals that are published.
_NORMAL_95 = 1.959963984540054
# From a mean adjusted Rand index of so much on, a segmentation counts as stable.
STABLE = 0.8
Side = Literal["above", "below", "uncertain"]


def side(mean: float, error: float | None, line: float) -> Side:
    """Return where a mean lies; on the line counts as above it.

    Args:
        mean: of some resamples.
        error: its standard error; None where it is not known, and then nothing is certain.
        line: from where on a word may be said.
    """
    if error is None:
        return "uncertain"
    if mean - ERRORS * error >= line:
        return "above"
    return "below" if mean + ERRORS * error < line else "uncertain"


def interval(mean: float, error: float | None) -> str:
    """Write two standard errors around a mean that is at most 1: "0.66 to 0.90"."""
    if error is None:
        return f"{mean:.2f}, of which the error is not known"
    return f"{mean - ERRORS * error:.2f} to {min(1.0, mean + ERRORS * error):.2f}"


def wilson(count: float, of: float) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927).

    Args:
        count: how many have it.
        of: of how many, above 0.
    """
    share, square = count / of, _NORMAL_95**2
    center = (share + square / (2.0 * of)) / (1.0 + square / of)
    spread = math.sqrt(share * (1.0 - share) / of + square / (4.0 * of * of))
    half = _NORMAL_95 * spread / (1.0 + square / of)
    return max(0.0, center - half), min(1.0, center + half)


def mean_interval(total: float, squares: float, of: int) -> tuple[float | None, float | None]:
    """Return the 95 % interval of a mean, by the normal distribution; nothing of one value.

    Args:
        total: the sum of the values.
        squares: the sum of their squares.
        of: how many they are, above 0.
    """
    if of < 2:
        return None, None
    mean = total / of
    variance = max(0.0, squares - total * mean) / (of - 1)
    half = _NORMAL_95 * math.sqrt(variance / of)
    return mean - half, mean + half
