"""Connect: a Spark cluster by its URL, and what it refuses in words for the user."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from segdb.engines.spark.driver import driver
from segdb.errors import EngineError, SegdbError, SourceError, UserError
from segdb.formats.secrets import without_passwords

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# SQL as segdb writes it: names in double quotes, moments without a zone, errors and no NULL.
_SETTINGS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.ansi.doubleQuotedIdentifiers": "true",
    "spark.sql.ansi.enforceReservedKeywords": "false",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
}
# What the server says of itself, its query and its internals, behind its sentence.
_BEHIND = re.compile(r"\s*(?:SQLSTATE: \w+|== SQL|JVM stacktrace|;\n?'|Search path:|\n)", re.DOTALL)
_CONDITION = re.compile(r"^\[([A-Z0-9_.]+)\]\s*")


def connect(url: str) -> SparkSession:
    """Open a session.

    Raises:
        SettingsError: PySpark is not installed.
        SourceError: there is no such cluster, or it does not let in.
    """
    builder: Any = driver().SparkSession.builder
    try:
        if url.startswith("spark://"):
            session = builder.master(url).appName("segdb").getOrCreate()
        else:
            # Databricks' own client is Spark Connect's, under its own name.
            address = re.sub(r"^databricks://", "sc://", url)
            session = builder.remote(address).create()
        prepare(session)
    except Exception as error:  # noqa: BLE001 - of the driver, gRPC and Java alike
        raise SourceError(
            f"The cluster {without_passwords(url)} cannot be reached: {reason(error)}."
        ) from None
    opened: SparkSession = session
    return opened


def prepare(session: SparkSession) -> None:
    """Set how a session reads SQL."""
    for name, value in _SETTINGS.items():
        session.conf.set(name, value)


def is_refusal(error: BaseException) -> bool:
    """Whether an error is the cluster's, of its client, or of the connection to it."""
    return type(error).__module__.split(".")[0] in ("pyspark", "grpc", "py4j")


def refused(error: BaseException) -> SegdbError:
    """Return in words for the user why a statement was refused."""
    first, condition = reason(error), _condition_of(error)
    if condition.startswith("INSUFFICIENT") or "PERMISSION" in condition or "denied" in first:
        return UserError(
            f"The cluster refuses: {first}. Whoever owns the tables can allow that: GRANT SELECT "
            "ON TABLE … and GRANT CREATE ON SCHEMA … TO the user that segdb connects as."
        )
    if is_lost(error):
        return EngineError(f"The connection to the cluster was lost: {first}.")
    return EngineError(f"The cluster refused a statement: {first}.")


def is_lost(error: BaseException) -> bool:
    """Whether the connection to the cluster broke."""
    return type(error).__module__.startswith("grpc") or "UNAVAILABLE" in str(error)


def reason(error: BaseException) -> str:
    """Return the first sentence of what the cluster said."""
    said = str(error).strip()
    if details := re.search(r'details = "(.*)"', said):
        said = details[1]
    said = _CONDITION.sub("", said)
    end = _BEHIND.search(said)
    first = (said[: end.start()] if end and end.start() else said).strip()
    return without_passwords(first).rstrip(".") or type(error).__name__


def _condition_of(error: BaseException) -> str:
    named = getattr(error, "getCondition", lambda: None)()
    return str(named or "")
