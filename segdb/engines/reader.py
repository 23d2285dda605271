"""Reader: what answers questions on published tables, the user's and segdb's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa

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
