"""Parameters: values that stand for a name in a query."""

from __future__ import annotations

from collections.abc import Iterable


def with_parameters(sql: str, names: Iterable[str]) -> str:
    """Return SQL with the cluster's marks in the place of its ``$name`` parameters."""
    written = sql
    # A name may begin like another one.
    for name in sorted(names, key=len, reverse=True):
        written = written.replace(f"${name}", f":{name}")
    return written
