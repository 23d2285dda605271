"""Signature: proof that this user's segdb wrote what a database says of its sources.

A database file may come from anyone, and what it names would be read with its reader's rights. So
each publish signs how the run reads, with a key of the user's own (HMAC-SHA256; RFC 2104). Whoever
gives a file away cannot sign for who opens it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from segdb.contract import RUNS
from segdb.engines.protocol import Database
from segdb.engines.publishing.integrity import has
from segdb.sql_text import literal

_BYTES = 32


def sign(store: Database, schema: str, run_id: int) -> None:
    """Sign a run in the middle of its publish, with its row of ``runs`` written.

    Where the key cannot be kept the run stays unsigned, and its sources are read on request only.
    """
    key = _key(make=True)
    rows = _rows(store, schema, run_id)
    if key is not None and len(rows) == 1:
        signature = literal(_signature(key, rows[0]))
        store.update(schema, RUNS.name, "signature", signature, f"run_id = {int(run_id)}")


def proven(store: Database, schema: str, run_id: int) -> bool:
    """Whether this user's segdb wrote how a run reads its sources, and its model."""
    if not has(store, schema, RUNS, "run_id", "settings", "model", "signature"):
        return False
    key = _key(make=False)
    rows = _rows(store, schema, run_id)
    if key is None or len(rows) != 1:
        return False
    given = str(rows[0]["signature"] or "")
    return hmac.compare_digest(given.encode(), _signature(key, rows[0]).encode())


def _rows(store: Database, schema: str, run_id: int) -> list[dict[str, Any]]:
    place = store.relation(schema, RUNS.name)
    return store.rows(
        f"SELECT settings, model, signature FROM {place} WHERE run_id = {int(run_id)}"  # noqa: S608
    )


def _signature(key: bytes, row: Mapping[str, Any]) -> str:
    text = json.dumps([row["settings"], row["model"]])
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def key_path() -> Path:
    """Return where the user's key is, by the custom of the system."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = str(Path.home() / "Library" / "Application Support")
    else:
        base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "segdb" / "key"


def _key(*, make: bool) -> bytes | None:
    """Return the user's key; None where it is not there, or cannot be kept."""
    with suppress(OSError, RuntimeError):  # there may be no home
        path = key_path()
        if make and not path.exists():
            _make(path)
        key = path.read_bytes()
        return key if len(key) == _BYTES else None
    return None


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}-{secrets.token_hex(8)}")
    try:
        # No one else may read it, from the first moment on.
        number = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(number, "wb") as file:
            file.write(secrets.token_bytes(_BYTES))
        # Of two who make it at once the first one's stays.
        with suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
