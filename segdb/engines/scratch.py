"""Scratch: temporary relations with names of their own, for a run within a run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from typing import Self


class Scratch:
    """What gives each engine's database a part whose temporary relations go at its end.

    Attributes:
        prefix: before the name of each temporary relation.
        relations: the names of those that were made behind it, in order.
    """

    prefix = ""
    relations: dict[str, None]

    @contextmanager
    def scratch(self, name: str) -> Iterator[Self]:
        """Give this database with temporary relations of its own, gone behind the block.

        Args:
            name: of the part; a word.
        """
        inner = copy(self)
        inner.prefix, inner.relations = f"segdb_{name}_", {}
        try:
            yield inner
        finally:
            for relation in reversed(inner.relations):
                inner.forget(relation)

    def scratch_name(self, name: str) -> str:
        """Return the name of a temporary relation, as the engine knows it."""
        if self.prefix:
            self.relations[name] = None
        return f"{self.prefix}{name}"

    def forget_temporary(self) -> None:
        """Leave what was made on the way: in DuckDB it holds no table, and goes at the end."""

    def forget(self, name: str) -> None:
        """Remove a temporary relation, where there is one."""
        raise NotImplementedError
