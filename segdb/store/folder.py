"""A folder of text files that segdb writes for its users."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from segdb.errors import SettingsError

# The first line of what is made here; a folder without it belongs to someone else.
_OURS = "# Made by segdb"
_SIGN = "dbt_project.yml"


def write_folder(folder: Path, files: Mapping[str, str]) -> tuple[Path, ...]:
    """Write the files, over what was written so before; files of an earlier run go.

    Args:
        folder: made if it is not there.
        files: text by path within the folder; one of them is dbt_project.yml.

    Returns:
        The paths written.

    Raises:
        SettingsError: the folder holds something else, or cannot be written.
    """
    sign = folder / _SIGN
    try:
        ours = sign.exists() and sign.read_text("utf-8").startswith(_OURS)
        if folder.exists() and any(folder.iterdir()) and not ours:
            raise SettingsError(
                f"{folder} holds files that are not of `segdb compile --dbt`. Name an empty folder."
            )
        for old in (*folder.glob("models/**/*.sql"), *folder.glob("models/*.yml")):
            old.unlink()
        written = []
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
            written.append(path)
    except OSError as error:
        raise SettingsError(f"{folder} cannot be written: {error.strerror}.") from None
    return tuple(written)
