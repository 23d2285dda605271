"""Files of the report: written beside their place and moved into it, so none is ever half."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from segdb.errors import UserError


def write(path: Path, content: str | bytes) -> Path:
    """Write a file by way of a temporary one in the same folder, and return its path.

    Raises:
        UserError: the folder cannot be made, or the file cannot be written.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    temporary: Path | None = None
    try:
        folder(path.parent)
        if path.is_dir():
            raise UserError(f"{path} is a folder; name a file in it.")
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".segdb-", delete=False) as file:
            temporary = Path(file.name)
            file.write(data)
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except OSError as error:
        raise UserError(
            f"{path} cannot be written: {error.strerror or error}. Name another place: for the "
            "report with [report] path, else on the command line."
        ) from None
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
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


def _umask() -> int:
    # The mask can only be read by setting it.
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
