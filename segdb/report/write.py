"""Files of the report: written beside their place and moved into it, so none is ever half."""

from __future__ import annotations

from pathlib import Path

from segdb.engines.output_files import replacing
from segdb.errors import UserError


def write(path: Path, content: str | bytes) -> Path:
    """Write a file by way of a temporary one in the same folder, and return its path.

    Whether it may be written over is for ``segdb.engines.output_files.refuse_foreign`` to say.

    Raises:
        UserError: the folder cannot be made, or the file cannot be written.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    folder(path.parent)
    try:
        if path.is_dir():
            raise UserError(f"{path} is a folder; name a file in it.")
        with replacing(path) as temporary:
            temporary.write_bytes(data)
    except OSError as error:
        raise UserError(
            f"{path} cannot be written: {error.strerror or error}. Name another place: for the "
            "report with [report] path, else on the command line."
        ) from None
    return path


def folder(path: Path) -> Path:
    """Make a folder if it is not there, and return its path.

    Raises:
        UserError: it cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"The folder {path} cannot be made: {error.strerror}.") from None
    return path
