"""How deep the property tests go: `make test` tries few examples, `make test-all` all of them."""

from __future__ import annotations

import os

# Set by `make test-slow` and `make test-all`.
DEEP = "SEGDB_EXAMPLES" in os.environ
_SHARE = 4
_LEAST = 2


def examples(number: int) -> int:
    """Return how many examples a property is tried on: a quarter, at least two, or all of them."""
    return number if DEEP else max(min(number, _LEAST), number // _SHARE)
