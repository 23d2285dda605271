"""Connect: a PostgreSQL database by its URL, and what it refuses in words for the user."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segdb.engines.postgres.driver import driver
from segdb.errors import EngineError, LockedError, SegdbError, SourceError, UserError
from segdb.formats.secrets import without_passwords

if TYPE_CHECKING:
    from psycopg import Connection

_SETTINGS = (
    "SET TIME ZONE 'UTC'",
    "SET client_encoding = 'UTF8'",
    "SET jit = off",
    "SET temp_buffers = '256MB'",
    "SET client_min_messages = warning",
)


def connect(url: str, *, read_only: bool) -> Connection:
    """Open a connection, in which each statement is a transaction of its own.

    Raises:
        SettingsError: psycopg is not installed.
        SourceError: there is no such server or database, or it lets nobody in.
    """
    psycopg = driver()
    try:
        connection: Connection = psycopg.connect(url, autocommit=True, application_name="segdb")
    except driver().Error as error:
        raise SourceError(
            f"The database {without_passwords(url)} cannot be opened: {reason(error)}"
        ) from None
    for setting in _SETTINGS:
        connection.execute(setting)
    if read_only:
        connection.execute("SET default_transaction_read_only = on")
    return connection


def refused(error: Exception) -> SegdbError:
    """Return in words for the user why a statement was refused."""
    first = reason(error)
    code = getattr(error, "sqlstate", None)
    if code == "42501":
        what = re.search(r"for (\w+) \"?([\w.]+)\"?", first)
        kind, name = (what[1], what[2]) if what else ("schema", "…")
        right = {"schema": "USAGE, CREATE ON SCHEMA", "database": "CREATE, TEMP ON DATABASE"}
        grant = right.get(kind, "SELECT ON")
        return UserError(
            f"The database refuses: {first}. Whoever owns it can allow that: GRANT {grant} {name} "
            "TO the user that segdb connects as."
        )
    if code is None and not isinstance(error, driver().OperationalError):
        return SourceError(f"A value of the database cannot be read: {first}.")
    if code is None or code.startswith(("08", "57P")):
        return EngineError(f"The connection to the database was lost: {first}.")
    if code in ("40001", "40P01", "55P03"):
        return LockedError(f"Another session works on the same tables: {first}. Try again.")
    return EngineError(f"The database refused a statement: {first}.")


def reason(error: Exception) -> str:
    """Return the first line of what the server said."""
    lines = str(error).strip().splitlines()
    # The driver may repeat the whole URL.
    return without_passwords(lines[0]).rstrip(".") if lines else "no reason"
