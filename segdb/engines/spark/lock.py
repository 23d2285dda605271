"""Lock: one publish at a time, and the undoing of one that was killed."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from segdb.engines.spark.catalog import listed, published, rows_of, view_statement
from segdb.errors import LockedError
from segdb.sql_text import literal, quoted

if TYPE_CHECKING:
    from segdb.engines.spark.database import Spark

# A table, since only one session can make it. Its rows say how each view was before.
LOCK = "publishing"
# Seconds after which the lock of a session that does not renew it is taken for left behind.
_STALE, _RENEWED = 60, 10
# How often it is tried to be the next one.
_ATTEMPTS = 20
# Properties of the lock: whose publish it is, and when it was last renewed.
_OWNER = "segdb.publish"
_MOMENT = "segdb.moment"


def rows_schema(schema: str) -> str:
    """Return where the rows are of the tables of a schema."""
    return f"{schema}_runs"


@contextmanager
def locked(store: Spark, rows: str) -> Iterator[str]:
    """Keep other publishes out for as long as a block; what it did is undone if it fails.

    Args:
        store: the cluster.
        rows: the schema of the tables' rows.

    Yields:
        What the names of the tables that the block writes end with.

    Raises:
        LockedError: others publish all the time.
    """
    token = secrets.token_hex(6)
    _acquire(store, rows, token)
    stop = threading.Event()
    renewing = threading.Thread(target=_renew, args=(store, rows, stop), daemon=True)
    renewing.start()
    try:
        yield token
    except BaseException:
        with suppress(Exception):
            roll_back(store, rows, token)
        raise
    finally:
        stop.set()
        renewing.join()
        store.listing.clear()
    store.execute(f"DROP TABLE IF EXISTS {quoted(rows)}.{LOCK}")


def note(store: Spark, rows: str, places: Sequence[tuple[str, str]]) -> None:
    """Put into the lock how each view, (schema, name), was made that is about to be replaced."""
    steps = [
        (number, schema, name, view_statement(store, schema, name))
        for number, (schema, name) in enumerate(places)
    ]
    columns = "number INT, schema STRING, name STRING, statement STRING"
    store.session.createDataFrame(steps, columns).coalesce(1).write.insertInto(f"{rows}.{LOCK}")


def undo(store: Spark, rows: str) -> None:
    """Undo what a publish left that was killed; wait for one that is under way."""
    while (lock := _properties(store, rows)) is not None:
        age = store.rows(f"SELECT unix_timestamp() - {lock[_MOMENT]} AS age")[0]["age"]
        if age < _STALE:
            time.sleep(1)
        else:
            roll_back(store, rows, lock[_OWNER])


def roll_back(store: Spark, rows: str, token: str) -> None:
    """Let the views be what they were before a publish, and drop the rows that it wrote."""
    place = f"{quoted(rows)}.{LOCK}"
    steps = store.rows(f"SELECT * FROM {place} ORDER BY number")  # noqa: S608
    store.listing.clear()
    # The last view of a publish says whether it was whole.
    last = rows_of(store, steps[-1]["schema"], steps[-1]["name"]) if steps else None
    if last is None or token not in last:
        for step in steps:
            if step["statement"]:
                store.execute(step["statement"])
            elif step["name"] in published(store, step["schema"]):
                store.execute(f"DROP VIEW {quoted(step['schema'])}.{quoted(step['name'])}")
        for row in listed(store, rows):
            if row["tableName"].endswith(token):
                store.execute(f"DROP TABLE {quoted(rows)}.{quoted(row['tableName'])}")
    store.execute(f"DROP TABLE IF EXISTS {place}")
    store.listing.clear()


def _properties(store: Spark, rows: str) -> dict[str, str] | None:
    """Return the properties of the lock; None where nobody publishes."""
    if not store.rows(f"SHOW SCHEMAS LIKE {literal(rows)}"):
        return None
    if not store.rows(f"SHOW TABLES IN {quoted(rows)} LIKE '{LOCK}'"):
        return None
    with suppress(Exception):  # it may be gone by now
        properties = store.rows(f"SHOW TBLPROPERTIES {quoted(rows)}.{LOCK}")
        return {row["key"]: row["value"] for row in properties}
    return None


def _acquire(store: Spark, rows: str, token: str) -> None:
    columns = "(number INT, schema STRING, name STRING, statement STRING)"
    for _ in range(_ATTEMPTS):
        undo(store, rows)
        properties = f"({literal(_OWNER)}={literal(token)}, {_moment(store)})"
        try:
            store.execute(
                f"CREATE TABLE {quoted(rows)}.{LOCK} {columns} TBLPROPERTIES {properties}"
            )
        except Exception as error:
            if "ALREADY_EXISTS" not in str(error):
                raise
        else:
            return
    raise LockedError("Other sessions publish all the time. Try again.")


def _renew(store: Spark, rows: str, stop: threading.Event) -> None:
    place = f"{quoted(rows)}.{LOCK}"
    while not stop.wait(_RENEWED):
        with suppress(Exception):  # the next time, or never, if the cluster is gone
            store.execute(f"ALTER TABLE {place} SET TBLPROPERTIES ({_moment(store)})")


def _moment(store: Spark) -> str:
    """Return the property that says when it is, by the cluster's clock."""
    now = store.rows("SELECT unix_timestamp() AS now")[0]["now"]
    return f"{literal(_MOMENT)}='{now}'"
