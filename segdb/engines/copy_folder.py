"""Copy folder: a temporary folder that is cleared away even where its process was killed.

Its owner holds a lock on a file in it, which ends with the process, however it ends. Who makes the
next folder removes those that nobody holds.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from segdb.errors import SourceError

# On Windows a folder of a killed process stays until it is cleared by hand.
if sys.platform != "win32":
    import fcntl

_NAME = "segdb-page-"
_UNLOCKED = "segdb-new-"
_LOCK = "lock"


@dataclass(frozen=True)
class CopyFolder:
    """A folder of this process.

    Attributes:
        path: where it is; no other user may read it.
    """

    path: Path
    _lock: IO[bytes]

    @classmethod
    def make(cls, parent: str | None = None) -> CopyFolder:
        """Make a folder in that one, or in the system's for what is temporary.

        Raises:
            SourceError: it cannot be made there.
        """
        root = Path(parent or tempfile.gettempdir())
        try:
            root.mkdir(parents=True, exist_ok=True)
            _clear_abandoned(root)
            # Under its name it is found by others, and then it is locked already.
            made = Path(tempfile.mkdtemp(prefix=_UNLOCKED, dir=root))
            lock = (made / _LOCK).open("wb")
            if sys.platform != "win32":
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path = made.rename(made.with_name(made.name.replace(_UNLOCKED, _NAME, 1)))
        except OSError as error:
            raise SourceError(
                f"The page reads a copy of the database, and {root} cannot hold it: "
                f"{error.strerror}. Name another folder: [engine] temp_directory in segdb.toml."
            ) from None
        return cls(path, lock)

    def clear(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock.close()


def _clear_abandoned(root: Path) -> None:
    if sys.platform == "win32":
        return
    for folder in root.glob(f"{_NAME}*"):
        # Of another user, or gone by now.
        with suppress(OSError), (folder / _LOCK).open("rb+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
