"""Reader: what answers questions on published tables, the user's and segdb's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from segdb.errors import UserError, command

if TYPE_CHECKING:
    from segdb.engines.protocol import Database

# One SELECT, with values for its $name parameters, and its rows as Arrow.
Ask = Callable[..., pa.Table]


@dataclass(frozen=True)
class Reader:
    """Runs SELECTs over the published tables of a schema.

    Attributes:
        select: runs one that the user wrote, in the engine's SQL.
        own: runs one of segdb's, in DuckDB's SQL: a named query, a chart, a part of the report.
    """

    select: Ask
    own: Ask


def require_segments(store: Database, schema: str) -> None:
    """Refuse to read a schema in which no run was published.

    Raises:
        UserError: there are no segments.
    """
    if not store.holds(schema, "runs"):
        raise UserError(
            f"{store.place or 'The database'} holds no segments in the schema '{schema}'. "
            f"{command('run')} publishes them."
        )
