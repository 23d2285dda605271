"""Text files that segdb writes for its users, other than the report."""

from __future__ import annotations

from pathlib import Path

from segdb.errors import SettingsError


def write_new(path: Path, text: str, *, force: bool) -> None:
    """Write a file that is not there yet.

    Raises:
        SettingsError: it is there and ``force`` is not given, or it cannot be written.
    """
    if path.exists() and not force:
        raise SettingsError(f"{path} is there already. Give --force to write over it.")
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror}.") from None
