"""Driver: psycopg, which is an optional extra, and loaded where a server is named."""

from __future__ import annotations

from types import ModuleType

from segdb.errors import SettingsError


def driver() -> ModuleType:
    """Return psycopg.

    Raises:
        SettingsError: it is not installed.
    """
    try:
        import psycopg
    except ImportError:
        raise SettingsError("PostgreSQL needs psycopg: pip install 'segdb[postgres]'.") from None
    return psycopg
