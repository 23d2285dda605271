"""Copy folders: gone with their process, also where it was killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from segdb.engines.copy_folder import CopyFolder

ROOT = Path(__file__).parents[2]


def test_a_folder_comes_and_goes(tmp_path: Path) -> None:
    folder = CopyFolder.make(str(tmp_path))
    assert folder.path.stat().st_mode & 0o077 == 0
    (folder.path / "published.duckdb").write_bytes(b"x")
    other = CopyFolder.make(str(tmp_path))
    # The first is in use, and stays.
    assert (folder.path / "published.duckdb").exists()
    folder.clear()
    other.clear()
    assert not list(tmp_path.iterdir())


def test_what_a_killed_process_left_goes(tmp_path: Path) -> None:
    code = (
        "import os; from segdb.engines.copy_folder import CopyFolder; "
        f"CopyFolder.make({str(tmp_path)!r}); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT)
    assert done.returncode == -9
    (left,) = tmp_path.iterdir()
    # What others put there is theirs.
    (tmp_path / "segdb-page-without-lock").mkdir()
    folder = CopyFolder.make(str(tmp_path))
    assert not left.exists()
    assert (tmp_path / "segdb-page-without-lock").exists()
    folder.clear()
