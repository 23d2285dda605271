"""Shallow sums: many terms added up, in SQL that is planned in time.

DuckDB looks for common subexpressions in a time that grows with the square of a sum's depth: of 300
terms, one after the other, it plans a distance for as long as a minute. In groups of groups the
sum is as deep as its logarithm.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis.expr.types as ir

# So many terms are written one after the other, as anybody would.
_GROUP = 8


def added(terms: Sequence[ir.NumericValue]) -> ir.NumericValue:
    """Return the sum of the terms, one or more."""
    if len(terms) > _GROUP:
        groups = [terms[start : start + _GROUP] for start in range(0, len(terms), _GROUP)]
        return added([added(group) for group in groups])
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total
