"""Interval: on which side of a line a mean lies, as far as its standard error tells."""

from __future__ import annotations

from typing import Literal

# Standard errors to each side of a mean: about 95 % of a normal distribution.
ERRORS = 2.0
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
