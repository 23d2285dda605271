"""Progress: what a run says while it goes, to whoever listens."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Someone who listens: the command line, a log, or nobody.

    Attributes:
        notes: what was heard and the user should know.
    """

    notes: list[str]

    def step(self, name: str) -> None:
        """Hear that a step begins."""

    def note(self, words: str) -> None:
        """Hear what the user should know: what was inferred, dropped, or decided."""


class Notes:
    """Listens silently and keeps the notes."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def step(self, name: str) -> None:
        """Hear that a step begins."""

    def note(self, words: str) -> None:
        """Keep a note."""
        self.notes.append(words)
