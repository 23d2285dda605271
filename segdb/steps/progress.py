"""Progress: what a run says while it goes, to whoever listens."""

from __future__ import annotations

from typing import Protocol

from segdb.checks.warning import DataWarning


class Progress(Protocol):
    """Someone who listens: the command line, a log, or nobody.

    Attributes:
        notes: what was heard and the user should know.
        warnings: what of the data may make the result wrong.
    """

    notes: list[str]
    warnings: list[DataWarning]

    def step(self, name: str) -> None:
        """Hear that a step begins."""

    def note(self, words: str) -> None:
        """Hear what the user should know: what was inferred, dropped, or decided."""

    def warn(self, warning: DataWarning) -> None:
        """Hear what of the data may make the result wrong; it is shown at the end."""


class Notes:
    """Listens silently and keeps the notes."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.warnings: list[DataWarning] = []

    def step(self, name: str) -> None:
        """Hear that a step begins."""

    def note(self, words: str) -> None:
        """Keep a note."""
        self.notes.append(words)

    def warn(self, warning: DataWarning) -> None:
        """Keep a warning."""
        self.warnings.append(warning)
