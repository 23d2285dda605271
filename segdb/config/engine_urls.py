"""Engine URLs: by what a database is named that is no file."""

from __future__ import annotations

EMBEDDED = "duckdb:///"
POSTGRES = ("postgresql://", "postgres://")
SPARK = ("sc://", "spark://", "databricks://")


def is_server(database: object) -> bool:
    """Whether a database is named by the URL of a server or a cluster."""
    return isinstance(database, str) and database.startswith((*POSTGRES, *SPARK))


def is_spark(url: str) -> bool:
    """Whether a URL is that of a Spark cluster."""
    return url.startswith(SPARK)
