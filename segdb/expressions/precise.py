"""Precise: logarithms and exponentials that lose no digits, and overflow on no engine."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

# e to this power, and to this power less than 0, is a double on every engine.
STEEP = 700.0
# Below, ln(1 + y) and 1 - exp(-v) are written as series: the differences would lose digits.
_SMALL = 0.01


def log_of_more_than_one(more: ir.FloatingValue) -> ir.FloatingValue:
    """Return ln(1 + y) of y at or above 0: where it is small as 2 artanh(y / (2 + y))."""
    part = more / (more + 2.0)
    square = part * part
    series = part * 2.0 * (1.0 + square * (1 / 3 + square * (1 / 5 + square / 7.0)))
    return ibis.ifelse(more < _SMALL, series, (more + 1.0).ln())


def log_of_rest(p: ir.FloatingValue) -> ir.FloatingValue:
    """Return ln(1 - p) of p within 0 and 1."""
    part = p / (2.0 - p)
    square = part * part
    series = part * -2.0 * (1.0 + square * (1 / 3 + square * (1 / 5 + square / 7.0)))
    return ibis.ifelse(p < _SMALL, series, ibis.greatest(1.0 - p, 1e-300).ln())


def share_that_ends(exponent: ir.FloatingValue) -> ir.FloatingValue:
    """Return 1 - exp(-v) of v at or above 0."""
    series = 1.0 - exponent / 6.0
    for divisor in (5.0, 4.0, 3.0, 2.0):
        series = 1.0 - exponent / divisor * series
    exact = 1.0 - ibis.greatest(-exponent, -STEEP).exp()
    return ibis.ifelse(exponent < _SMALL, exponent * series, exact)
