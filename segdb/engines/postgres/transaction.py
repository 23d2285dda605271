"""Transaction: a block of statements that PostgreSQL keeps all of, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from segdb.engines.postgres.connect import reason, refused
from segdb.engines.postgres.driver import driver
from segdb.errors import PublishError, UserError

if TYPE_CHECKING:
    from psycopg import Connection


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """Run a block as one transaction, with no other publish beside it.

    Raises:
        PublishError: the database refused; nothing was changed.
        UserError: the connection was brought, and is in a transaction already; or the user of the
            database may not write there.
    """
    if connection.info.transaction_status != driver().pq.TransactionStatus.IDLE:
        raise UserError(
            "The connection is in a transaction of its own; commit it or roll it back first."
        )
    try:
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(hashtext('segdb'))")
            yield
    except driver().Error as error:
        refusal = refused(error)
        if isinstance(refusal, UserError):
            raise refusal from error
        raise PublishError(
            "The publish failed and was rolled back; the tables of the last run are as they were. "
            f"The database said: {reason(error)}"
        ) from error
