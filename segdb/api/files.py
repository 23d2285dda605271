"""Files that the command line writes: refused before anything is done, and written whole."""

from __future__ import annotations

from pathlib import Path

from segdb.engines.output_files import refuse_foreign
from segdb.report.write import write


def check_target(path: Path, *, force: bool, advice: str = "") -> None:
    """Refuse to write over a file that segdb did not write.

    Raises:
        UserError: it is there, carries no mark of segdb, and ``force`` is not given.
    """
    refuse_foreign([path], force=force, advice=advice)


def save(path: Path, text: str) -> Path:
    """Write a text file by way of a temporary one, and return its path.

    Raises:
        UserError: it cannot be written.
    """
    return write(path, text)
