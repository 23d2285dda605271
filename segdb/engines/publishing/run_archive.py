"""Run archive: what it takes to publish an earlier run again, in a schema of its own.

The model of a run makes its segments of its features again, so of the tables with a row a customer
the features alone are kept, with the rejected rows. All small tables go into one row of
``kept_runs``. What is kept is the run that a new one takes the place of: the one that is published
is there anyhow.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from segdb.contract import CUSTOMER_FEATURES, CUSTOMER_VALUE, KEPT_RUNS, REJECTED_ROWS, RUNS, Table
from segdb.engines.protocol import Database
from segdb.engines.publishing.integrity import has
from segdb.errors import SegdbError, UserError, command

if TYPE_CHECKING:
    import ibis.expr.types as ir

_LARGE = (CUSTOMER_FEATURES, REJECTED_ROWS, CUSTOMER_VALUE)
# Without these a run could not be published again; older releases have no customer value.
_KEYS = {CUSTOMER_FEATURES: ("customer_id",), REJECTED_ROWS: ("source", "reason", "row")}


@dataclass(frozen=True)
class Kept:
    """An earlier run as it is kept.

    Attributes:
        run: its row of ``runs``.
        features: one row a customer, as ``customer_features`` was.
        rejected: (source, reason, row) of its rejected rows.
        value: the columns of ``customer_value`` but for the run; None where it has none.
        tables: the rows of its small tables, by name.
    """

    run: dict[str, Any]
    features: ir.Table
    rejected: ir.Table
    value: ir.Table | None
    tables: dict[str, list[dict[str, Any]]]


def archive_schema(schema: str) -> str:
    """Return the schema where the large tables of earlier runs are."""
    return f"{schema}_kept"


def keep(store: Database, schema: str, small: Sequence[Table]) -> None:
    """Keep the run that is published, in the middle of the publish of the next one.

    Args:
        store: in the middle of a publish, with nothing written yet.
        schema: where the published tables are.
        small: the tables that go into ``kept_runs`` as JSON.
    """
    published = published_run(store, schema)
    if published is None or not all(has(store, schema, t, *names) for t, names in _KEYS.items()):
        return
    there = store.kinds(schema)
    rows = {
        table.name: store.rows(store.stored(schema, table.name))
        for table in small
        if there.get(table.name) == "table"
    }
    store.make_schema(archive_schema(schema))
    for table in _LARGE:
        if there.get(table.name) != "table":
            continue
        name = f"{table.name}_{published}"
        store.drop(archive_schema(schema), name)
        store.copy_table(schema, table.name, (archive_schema(schema), name))
    store.delete(schema, KEPT_RUNS.name, f"run_id = {published}")
    text = json.dumps(rows, ensure_ascii=False, default=str)
    row = pa.table({"run_id": [published], "tables": [text]})
    store.insert(schema, KEPT_RUNS.name, row)


def prune(store: Database, schema: str, most: int) -> None:
    """Drop what is kept of all but the last ``most`` runs."""
    for run_id in kept_ids(store, schema)[: -most or None]:
        for table in _LARGE:
            store.drop(archive_schema(schema), f"{table.name}_{run_id}")
        store.delete(schema, KEPT_RUNS.name, f"run_id = {run_id}")


def published_rejects(store: Database, schema: str) -> ir.Table | None:
    """Return the rejected rows that are published; None where they cannot be read again.

    The values of a row are JSON, which DuckDB alone reads by a pointer.
    """
    if store.dialect != "duckdb" or not has(
        store, schema, REJECTED_ROWS, "source", "reason", "row"
    ):
        return None
    return store.stored(schema, REJECTED_ROWS.name)


def kept_ids(store: Database, schema: str) -> list[int]:
    """Return the runs that are kept, in order."""
    if not has(store, schema, KEPT_RUNS, "run_id", "tables"):
        return []
    place = store.relation(schema, KEPT_RUNS.name)
    sql = f"SELECT run_id FROM {place} WHERE run_id IS NOT NULL ORDER BY run_id"  # noqa: S608
    return [int(row["run_id"]) for row in store.rows(sql)]


def published_run(store: Database, schema: str) -> int | None:
    """Return the run whose tables are published; None before the first."""
    if not has(store, schema, RUNS, "run_id"):
        return None
    runs = store.relation(schema, RUNS.name)
    last = store.rows(f"SELECT max(run_id) AS last FROM {runs}")[0]["last"]  # noqa: S608
    return None if last is None else int(last)


def equal_runs(store: Database, schema: str, run_id: int) -> list[int]:
    """Return the runs with the same tables, in order: a rollback publishes those of another run."""
    runs = store.relation(schema, RUNS.name)
    sql = f"SELECT run_id, republishes FROM {runs} ORDER BY run_id"  # noqa: S608
    first: dict[int, int] = {}
    for row in store.rows(sql):
        of = row["republishes"] or row["run_id"]
        first[row["run_id"]] = first.get(of, of)
    return [one for one, origin in first.items() if origin == first[run_id]]


def kept_features(store: Database, schema: str, run_id: int) -> ir.Table | None:
    """Return the features of a run, published or kept; None where they are gone."""
    owner, name = archive_schema(schema), f"{CUSTOMER_FEATURES.name}_{run_id}"
    if run_id == published_run(store, schema):
        owner, name = schema, CUSTOMER_FEATURES.name
    return store.stored(owner, name) if store.kinds(owner).get(name) == "table" else None


def kept_run(store: Database, schema: str, run_id: int) -> Kept:
    """Return an earlier run as it is kept.

    Raises:
        UserError: it is not kept.
    """
    ids = kept_ids(store, schema)
    if run_id not in ids:
        again = [one for one in equal_runs(store, schema, run_id) if one in ids] if ids else []
        there = f"Kept: {', '.join(map(str, ids))}." if ids else "None is kept."
        if again:
            raise UserError(
                f"Run {run_id} is kept as run {again[-1]}, which has the same tables: "
                f"{command('rollback', str(again[-1]))} publishes them again."
            )
        raise UserError(
            f"Run {run_id} is not kept any more. {there} [publish] keep_runs says how many are."
        )
    runs, kept = (store.stored(schema, table.name) for table in (RUNS, KEPT_RUNS))
    run = store.rows(runs.filter(runs.run_id == run_id))[0]
    row = store.rows(kept.filter(kept.run_id == run_id).select("tables"))[0]
    large = store.kinds(archive_schema(schema))
    lost = [t.name for t in _KEYS if large.get(f"{t.name}_{run_id}") != "table"]
    try:
        tables = json.loads(row["tables"])
    except (TypeError, ValueError, RecursionError):
        tables = None
    if lost or not isinstance(tables, dict):
        raise UserError(
            f"What was kept of run {run_id} is damaged: {lost[0] if lost else 'its small tables'} "
            f"cannot be read from the schema {archive_schema(schema)}. {command('run')} "
            "learns anew."
        )
    return Kept(
        run=run,
        features=store.stored(archive_schema(schema), f"{CUSTOMER_FEATURES.name}_{run_id}"),
        rejected=store.stored(archive_schema(schema), f"{REJECTED_ROWS.name}_{run_id}"),
        value=_kept_value(store, schema, run_id),
        tables=tables,
    )


def _kept_value(store: Database, schema: str, run_id: int) -> ir.Table | None:
    name = f"{CUSTOMER_VALUE.name}_{run_id}"
    if store.kinds(archive_schema(schema)).get(name) != "table":
        return None
    value = store.stored(archive_schema(schema), name)
    columns = [column.name for column in CUSTOMER_VALUE.columns if column.name != "run_id"]
    return value.select(*columns) if set(columns) <= set(value.columns) else None


def is_valid_query(store: Database, sql: str) -> bool:
    """Whether all that a SELECT reads is still there."""
    try:
        with store.refusals():
            store.schema(f"({sql}) AS live")
    except SegdbError:
        return False
    return True
