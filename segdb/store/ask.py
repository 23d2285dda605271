"""Ask: one read-only SELECT over the published tables, with no way to files or the network."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from glob import glob
from pathlib import Path

import duckdb
import pyarrow as pa
import sqlglot

from segdb.compile import literal, quoted
from segdb.errors import UserError, nearest
from segdb.store.duckdb import DuckDB

Ask = Callable[..., pa.Table]


@contextmanager
def asking(path: Path, schema: str, wait: float = 0) -> Iterator[Ask]:
    """Open a database file for reading alone, and yield a function that runs one SELECT on it.

    The function takes the SELECT, and values for the ``$name`` parameters in it. Unqualified
    names are looked up in ``schema`` first.

    Args:
        path: the database file.
        schema: where the published tables are.
        wait: seconds to go on trying while another process holds the file.

    Raises:
        UserError: there are no segments, it is no single SELECT, or the database refuses it.
        SegdbError: the database cannot be opened.
    """
    store = DuckDB.open(path, read_only=True, wait=wait)
    try:
        if not store.holds(schema, "runs"):
            raise UserError(
                f"{path} holds no segments in the schema '{schema}'. `segdb run` publishes them."
            )
        store.execute(f"USE {quoted(schema)}")
        gone = _allow_sources(store, schema)
        store.execute("SET enable_external_access = false")
        store.execute("SET lock_configuration = true")
        yield partial(_select, store, gone)
    finally:
        store.close()


def _allow_sources(store: DuckDB, schema: str) -> list[str]:
    """Let ``segments_live`` read the files that it was made of, and nothing else any file.

    Returns those of its literals that name no file.
    """
    views = store.rows(
        "SELECT sql FROM duckdb_views() WHERE view_name = 'segments_live' "  # noqa: S608
        f"AND lower(schema_name) = lower({literal(schema)})"
    )
    # Tokens, not a tree: the sum of a hundred features is deeper than Python's stack.
    texts = [
        token.text
        for view in views
        for token in sqlglot.tokenize(view["sql"], read="duckdb")
        if token.token_type is sqlglot.TokenType.STRING
    ]
    # The literals are whole patterns, as the readers wrote them.
    files = {text: {path for path in glob(text) if Path(path).is_file()} for text in texts}  # noqa: PTH207
    # A pattern is asked for by itself before its files are.
    paths = sorted({path for text, found in files.items() if found for path in (text, *found)})
    if paths:
        store.execute(f"SET allowed_paths = [{', '.join(literal(path) for path in paths)}]")
    return [text for text, found in files.items() if not found]


def ask(
    path: Path,
    schema: str,
    sql: str,
    values: Mapping[str, object] | None = None,
    *,
    wait: float = 0,
) -> pa.Table:
    """Run one SELECT on a database file; see ``asking``."""
    with asking(path, schema, wait) as select:
        return select(sql, values)


def _select(
    store: DuckDB, gone: Sequence[str], sql: str, values: Mapping[str, object] | None = None
) -> pa.Table:
    try:
        statements = store.connection.extract_statements(sql)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise UserError("A query is one SELECT; it cannot change the database.")
        return store.fetch(sql, values)
    except duckdb.Error as error:
        raise UserError(f"The query failed: {_in_words(str(error).strip(), gone)}") from None


def _in_words(text: str, gone: Sequence[str]) -> str:
    """Say which column or file is meant, where the database knows none of that name."""
    refused = re.search(r'Cannot access \w+ "([^"]+)"', text)
    if refused and refused[1] in gone:
        return (
            f"segments_live reads {refused[1]}, and there is no such file now. Put it back, or run "
            "`segdb run` on the source that there is."
        )
    if refused:
        return f"it reads {refused[1]}, and a query may read the published tables and no file."
    missing = re.search(r'Referenced column "([^"]+)" not found', text)
    if missing is None:
        return text
    there = re.search(r"Candidate bindings: (.+)", text)
    known = [name.split(".")[-1] for name in re.findall(r'"([^"]+)"', there[1])] if there else []
    meant = nearest(missing[1], known)
    if "Did you mean" not in meant:
        meant = " A feature is one where the last run had it: see use in [features]."
    return f"there is no column '{missing[1]}'.{meant}"
