"""Raw source: a source in its database as it was read, before its schema is inferred."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from segdb.checks.warning import DataWarning

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True)
class Raw:
    """A source in the database, its values as they were written.

    Attributes:
        table: unbound table of a temporary view or table; text files arrive as VARCHAR columns.
        origin: what to call it in messages, such as ``orders.csv``.
        definition: a SELECT that reads the same source again with no Python; None where only
            Python can.
        unreadable: one row (``line`` BIGINT, ``row`` VARCHAR) a line of a text file that is no
            row of the table; None where there is none.
        warnings: what of the files may make the result wrong.
        notes: what was found out about the files, in words.
        options: the same as keys of ``[source]`` with their values, for a settings file.
        stored: whether it lies there as rows, so that to look at it twice is only a scan more.
    """

    table: ir.Table
    origin: str
    definition: str | None
    unreadable: ir.Table | None = None
    stored: bool = True
    warnings: tuple[DataWarning, ...] = ()
    notes: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
