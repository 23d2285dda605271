"""Ask a database file as the command line does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from segdb.api.database import reading
from segdb.engines.reader import Ask


@contextmanager
def asking(path: Path, schema: str, wait: float = 0, *, sources: bool = False) -> Iterator[Ask]:
    """Open a database file for reading alone, and yield what runs one SELECT on it."""
    with reading(path, schema, wait, sources=sources) as reader:
        yield reader.select


def ask(
    path: Path,
    schema: str,
    sql: str,
    values: Mapping[str, object] | None = None,
    *,
    wait: float = 0,
    sources: bool = False,
) -> pa.Table:
    """Run one SELECT on a database file."""
    with asking(path, schema, wait, sources=sources) as select:
        return select(sql, values)
