"""Transaction: a block of statements that DuckDB keeps all of, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from segdb.engines.duckdb.connect import damage
from segdb.errors import PublishError, UserError


@contextmanager
def transaction(
    connection: duckdb.DuckDBPyConnection, execute: Callable[[str], None], path: Path | None
) -> Iterator[None]:
    """Run a block as one transaction: all of it, or nothing.

    After a failed statement DuckDB 2.0 lets COMMIT pass and discards everything, so any
    exception rolls back.

    Args:
        connection: on which the block works.
        execute: runs a statement on it.
        path: the database file; None of a connection that the caller brought.

    Raises:
        PublishError: the database refused; nothing was changed.
        SourceError: its file is damaged; likewise.
        UserError: the connection was brought, and is in a transaction already.
    """
    # Outside of a transaction each statement is one; a BEGIN inside would break the caller's.
    if _transaction_id(connection) == _transaction_id(connection):
        raise UserError(
            "The connection is in a transaction of its own; commit it or roll it back first."
        )
    execute("BEGIN TRANSACTION")
    try:
        yield
        execute("COMMIT")
    except BaseException as error:
        _roll_back(execute)
        if isinstance(error, duckdb.Error):
            raise damage(path, error) or PublishError(
                f"The publish failed and was rolled back; the tables of the last run are as "
                f"they were. The database said: {str(error).splitlines()[0]}"
            ) from error
        raise


def _transaction_id(connection: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    return connection.execute("SELECT txid_current()").fetchall()


def _roll_back(execute: Callable[[str], None]) -> None:
    try:
        execute("ROLLBACK")
    except (duckdb.TransactionException, duckdb.FatalException, duckdb.InternalException):
        return  # a failed COMMIT, or a damaged file, has already ended the transaction
