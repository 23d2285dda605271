"""Servers: the engine of a URL, or of a connection that the caller opened.

The modules of an engine are loaded where it is named: a run in DuckDB does not wait for them.
"""

from __future__ import annotations

from typing import Any

from segdb.config.engine_urls import is_spark
from segdb.engines.duckdb.database import DuckDB
from segdb.engines.protocol import Database
from segdb.errors import SettingsError


def open_server(url: str, *, read_only: bool = False) -> Database:
    """Open a database by the URL of its server.

    Args:
        url: see ``segdb.config.engine_urls``.
        read_only: nothing is written to it, where the engine can hold that.

    Raises:
        SettingsError: its driver is not installed.
        SourceError: the server does not let in.
    """
    if is_spark(url):
        from segdb.engines.spark.database import Spark

        return Spark.open(url)
    from segdb.engines.postgres.database import Postgres

    return Postgres.open(url, read_only=read_only)


def brought(connection: Any) -> Database:
    """Return the database of a connection or session that the caller opened.

    Raises:
        SettingsError: it is none of an engine that segdb works in.
    """
    library = type(connection).__module__.split(".")[0]
    if library == "psycopg":
        from segdb.engines.postgres.database import Postgres

        return Postgres(connection)
    if library in ("pyspark", "databricks"):
        from segdb.engines.spark.database import Spark

        return Spark(connection)
    if hasattr(connection, "extract_statements"):
        return DuckDB(connection)
    raise SettingsError(
        "A database is a file, the URL of a server, a connection of duckdb or psycopg, or a "
        f"session of Spark, and not a {type(connection).__name__}."
    )
