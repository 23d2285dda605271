"""Turn: of the processes that publish to one database file, one at a time works.

A lock file beside it says whose turn it is. The system lets the lock go when the process ends,
however it ends; the file that a killed one leaves behind is nobody's, and is taken over.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from segdb.engines.duckdb.connect import locked_by
from segdb.errors import SourceError

if sys.platform == "win32":
    import msvcrt

    def _lock(file: BinaryIO) -> None:
        # Beyond what is written: a locked byte cannot be read by others.
        file.seek(1_000)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


class Turn:
    """The turn to publish to a database file, from when it is made until it is given back."""

    def __init__(self, path: Path, wait: float) -> None:
        """Take the turn.

        Args:
            path: the database file, which need not be there.
            wait: seconds to go on trying while another process has the turn.

        Raises:
            LockedError: another process has it.
            SourceError: nothing can be written beside the file.
        """
        resolved = path.resolve()
        self._path = resolved.with_name(f"{resolved.name}.lock")
        self._file: BinaryIO | None = None
        until = time.monotonic() + wait
        while not self._acquired(path):
            if time.monotonic() >= until:
                raise locked_by(path, self._holder())
            time.sleep(min(0.1, wait))

    def release(self) -> None:
        """Let the next one have the turn; without it nothing happens."""
        file, self._file = self._file, None
        if file is None:
            return
        # While it is locked: who opened it in the meantime sees that it is gone.
        with suppress(OSError):
            self._path.unlink()
        file.close()

    def _acquired(self, path: Path) -> bool:
        try:
            file = self._path.open("a+b")
        except OSError as error:
            raise SourceError(
                f"The database {path} cannot be written: {error.strerror} ({self._path.name} "
                "beside it). Make its folder writable, or name another file."
            ) from None
        try:
            _lock(file)
            # The one before may have removed it while this one waited.
            if os.fstat(file.fileno()).st_ino != self._path.stat().st_ino:
                raise FileNotFoundError
        except OSError:
            file.close()
            return False
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()).encode())
        file.flush()
        self._file = file
        return True

    def _holder(self) -> str | None:
        with suppress(OSError):
            return self._path.read_text("ascii", errors="ignore").strip() or None
        return None
