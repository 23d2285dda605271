"""A folder of text files that segdb writes for its users."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from segdb.engines.output_files import is_ours, replacing
from segdb.errors import SettingsError, command, option

_SIGN = "dbt_project.yml"
# What an earlier run may have had and a new one has not; models of the user's own are called
# otherwise.
_STAGES = "models/**/segdb_*.sql"
_DESCRIPTIONS = "models/*.yml"


def write_folder(
    folder: Path, files: Mapping[str, str], *, force: bool = False
) -> tuple[Path, ...]:
    """Write the files, over what was written so before; files of an earlier run go.

    Args:
        folder: made if it is not there.
        files: text by path within the folder; one of them is dbt_project.yml.
        force: write into a folder that holds something else, too.

    Returns:
        The paths written.

    Raises:
        SettingsError: the folder holds something else, or cannot be written.
    """
    sign = folder / _SIGN
    try:
        ours = sign.is_file() and is_ours(sign)
        if folder.exists() and any(folder.iterdir()) and not ours and not force:
            raise SettingsError(
                f"{folder} holds files that are not of {command('compile --dbt')}. Name an empty "
                f"folder; {option('force', True)} writes into this one."
            )
        written = tuple(folder / name for name in files)
        for old in _left_over(folder) if ours else ():
            if old not in written:
                old.unlink()
        for path, text in zip(written, files.values(), strict=True):
            with replacing(path) as temporary:
                temporary.write_text(text, "utf-8")
    except OSError as error:
        raise SettingsError(f"{folder} cannot be written: {error.strerror}.") from None
    return written


def _left_over(folder: Path) -> Iterator[Path]:
    yield from folder.glob(_STAGES)
    for path in folder.glob(_DESCRIPTIONS):
        if is_ours(path):
            yield path
