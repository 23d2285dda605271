"""A PostgreSQL of the tests' own, on a socket in its folder, for as long as they run."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

_OWNER = "postgres"


def _binaries() -> Path:
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else []
    # Where Debian's packages put them, one folder a version.
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    pytest.skip("PostgreSQL is not installed: apt-get install postgresql")


def _as_owner() -> list[str]:
    """PostgreSQL refuses to run as root; its packages make a user for it.

    Python would fork to start a program as another user, which fails once this process has grown.
    """
    if os.geteuid() != 0:
        return []
    try:
        pwd.getpwnam(_OWNER)
    except KeyError:
        pytest.skip(f"PostgreSQL does not run as root, and there is no user called {_OWNER}")
    return ["setpriv", f"--reuid={_OWNER}", f"--regid={_OWNER}", "--clear-groups", "--"]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Any]:
    """A connection to an empty database."""
    psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed")
    binaries, owner = _binaries(), _as_owner()
    folder = Path(tempfile.mkdtemp(prefix="segdb_postgres_"))
    if owner:
        shutil.chown(folder, _OWNER, _OWNER)
    data = folder / "data"
    # No port, which another worker's server could take first.
    options = f"-h '' -k {folder} -c fsync=off"

    def call(program: str, *arguments: str) -> None:
        command = [*owner, str(binaries / program), "-D", str(data), *arguments]
        with (folder.parent / f"{folder.name}.log").open("ab") as log:
            subprocess.run(command, check=True, cwd="/", stdout=log, stderr=log, timeout=120)

    try:
        call("initdb", "-U", "segdb", "-A", "trust", "-E", "UTF8", "--no-sync")
        call("pg_ctl", "-o", options, "-l", str(folder / "server.log"), "-w", "start")
        try:
            place = f"host={folder} user=segdb dbname=postgres"
            with psycopg.connect(place, autocommit=True) as connection:
                yield connection
        finally:
            call("pg_ctl", "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        (folder.parent / f"{folder.name}.log").unlink(missing_ok=True)
