"""History: who was in which segment when, and who moved; written inside the publish."""

from __future__ import annotations

from datetime import datetime

import ibis.expr.types as ir

from segdb.compile import quoted
from segdb.contract import RUN_SEGMENTS, RUNS, SEGMENT_HISTORY, SEGMENT_MIGRATIONS
from segdb.store.duckdb import DuckDB
from segdb.store.intact import has, is_whole, make_room, set_aside


def last_model(store: DuckDB, schema: str) -> str | None:
    """Return the model of the last run as JSON text; None before the first run, or without it."""
    if not has(store, schema, RUNS, "run_id", "model"):
        return None
    runs = f"{quoted(schema)}.runs"
    sql = f"SELECT model FROM {runs} WHERE run_id IS NOT NULL ORDER BY run_id DESC LIMIT 1"  # noqa: S608
    rows = store.rows(sql)
    return rows[0]["model"] if rows else None


def last_segment_id(store: DuckDB, schema: str) -> int:
    """Return the highest segment id that any run ever gave; 0 before the first run.

    It is read off the models: a run that looks back, or one that was rolled back, is in no
    history, and its ids are taken all the same.
    """
    last = 0
    if has(store, schema, RUNS, "model"):
        ids = "TRY_CAST(json_extract(model, '$.segments[*].segment_id') AS INTEGER[])"
        valid = f"CASE WHEN json_valid(model) THEN {ids} END"
        sql = f"SELECT max(list_max({valid})) AS last FROM {quoted(schema)}.runs"  # noqa: S608
        last = store.rows(sql)[0]["last"] or 0
    if has(store, schema, RUN_SEGMENTS, "segment_id"):
        # Where a model cannot be read any more.
        sql = f"SELECT max(segment_id) AS last FROM {quoted(schema)}.run_segments"  # noqa: S608
        last = max(last, store.rows(sql)[0]["last"] or 0)
    return int(last)


def record(
    store: DuckDB, schema: str, run_id: int, moment: datetime, *, rewind: bool = False
) -> None:
    """Update ``segment_history`` and ``segment_migrations`` from the new ``segments``.

    A customer who stays keeps the open stay; one who moves or goes has it closed at ``moment``,
    and one who is elsewhere or new gets a stay opened. A run with the same moment as an earlier
    one takes that one's place; a run that looks further back than the last one leaves both tables
    as they are, unless ``rewind`` takes all that came later out of them.

    The open stays and the segments are joined once; what changed is the only thing written.

    Args:
        store: in the middle of a publish, with ``segments`` written.
        schema: where the tables are.
        run_id: the run.
        moment: as_of, or the time of the run where there is none.
        rewind: the run is an earlier one, published again in the place of the later ones.
    """
    history = f"{quoted(schema)}.segment_history"
    migrations = f"{quoted(schema)}.segment_migrations"
    at = f"TIMESTAMP '{moment.isoformat(sep=' ')}'"
    key = _prepare(store, schema, history, migrations)
    # Every run that was recorded has a row among the migrations: a few where the stays are many.
    last = store.rows(f"SELECT max(as_of) AS last FROM {migrations}")[0]["last"]  # noqa: S608
    if last is None:  # they were dropped, or there was no run
        last = store.rows(f"SELECT max(valid_from) AS last FROM {history}")[0]["last"]  # noqa: S608
    if last is not None and last > moment and not rewind:
        return
    if last is not None and last >= moment:
        store.execute(f"DELETE FROM {migrations} WHERE as_of >= {at}")  # noqa: S608
        store.execute(f"DELETE FROM {history} WHERE valid_from >= {at}")  # noqa: S608
        store.execute(f"UPDATE {history} SET valid_to = NULL WHERE valid_to >= {at}")  # noqa: S608
    segments = f"{quoted(schema)}.segments"
    moves = _moves(store, history, segments, key)
    store.execute(
        f"INSERT INTO {migrations} "  # noqa: S608
        "(run_id, as_of, from_segment_id, to_segment_id, customers) "
        f"SELECT {run_id}, {at}, from_id, to_id, count(*) FROM {moves} GROUP BY ALL UNION ALL "
        f"SELECT {run_id}, {at}, segment_id, segment_id, n - coalesce(came, 0) "
        f"FROM (SELECT segment_id, count(*) AS n FROM {segments} GROUP BY ALL) LEFT JOIN "
        f"(SELECT to_id AS segment_id, count(*) AS came FROM {moves} GROUP BY ALL) "
        "USING (segment_id) WHERE n > coalesce(came, 0) ORDER BY ALL"
    )
    store.execute(
        f"UPDATE {history} SET valid_to = {at} "  # noqa: S608
        f"WHERE rowid IN (SELECT stay FROM {moves} WHERE stay IS NOT NULL)"
    )
    store.execute(
        f"INSERT INTO {history} "  # noqa: S608
        "(customer_id, segment_id, segment, valid_from, valid_to, run_id) "
        f"SELECT customer_id, to_id, segment, {at}, NULL, {run_id} "
        f"FROM {moves} WHERE to_id IS NOT NULL"
    )
    store.execute(f"DROP TABLE {moves}")


def _moves(store: DuckDB, history: str, segments: str, key: str) -> str:
    """Make a table of all who came, went, or are elsewhere than in their open stay."""
    store.execute(
        "CREATE OR REPLACE TEMP TABLE segdb_moves AS SELECT stay, s.customer_id, "  # noqa: S608
        "o.segment_id AS from_id, s.segment_id AS to_id, s.segment FROM "
        "(SELECT rowid AS stay, customer_id, segment_id "
        f"FROM {history} WHERE valid_to IS NULL) AS o FULL JOIN "
        f"(SELECT CAST(customer_id AS {key}) AS customer_id, segment_id, segment "
        f"FROM {segments}) AS s ON s.customer_id = o.customer_id "
        "WHERE o.segment_id IS DISTINCT FROM s.segment_id"
    )
    return "segdb_moves"


def stays_of(store: DuckDB, schema: str, run_id: int) -> ir.Table | None:
    """Return (customer_id, segment) as of a run; None of a run that the history does not tell."""
    for table in (SEGMENT_HISTORY, SEGMENT_MIGRATIONS):
        if not is_whole(store, schema, table):
            return None
    sql = (
        f"SELECT max(as_of) AS moment FROM {quoted(schema)}.segment_migrations "  # noqa: S608
        f"WHERE run_id = {int(run_id)}"
    )
    moment = store.rows(sql)[0]["moment"]
    if moment is None:
        return None
    history = store.stored(schema, "segment_history")
    begun = history.valid_from <= moment
    open_then = history.valid_to.isnull() | (history.valid_to > moment)
    return history.filter(begun & open_then).select("customer_id", "segment")


def entries(schema: str) -> str:
    """Return the SELECT of ``entered_segment``."""
    return f"""
SELECT
    h.customer_id, h.segment_id, h.segment, p.segment AS previous_segment,
    h.valid_from AS entered_at, h.run_id
FROM {quoted(schema)}.segment_history AS h
LEFT JOIN {quoted(schema)}.segment_history AS p
    ON p.customer_id = h.customer_id AND p.valid_to = h.valid_from"""  # noqa: S608


def departures(schema: str) -> str:
    """Return the SELECT of ``left_segment``."""
    return f"""
SELECT
    h.customer_id, h.segment_id, h.segment, n.segment AS next_segment, h.valid_to AS left_at
FROM {quoted(schema)}.segment_history AS h
LEFT JOIN {quoted(schema)}.segment_history AS n
    ON n.customer_id = h.customer_id AND n.valid_from = h.valid_to
WHERE h.valid_to IS NOT NULL"""  # noqa: S608


def _prepare(store: DuckDB, schema: str, history: str, migrations: str) -> str:
    """Create what is not there, and return the SQL type of the ids in the history.

    A table that was altered is set aside: a history with a gap in it would tell wrong stays.
    """
    key = _key_type(store, f"{quoted(schema)}.segments")
    for table in (SEGMENT_HISTORY, SEGMENT_MIGRATIONS):
        make_room(store, schema, table)
        set_aside(store, schema, table, whole=True)
    if not is_whole(store, schema, SEGMENT_MIGRATIONS):
        store.execute(
            f"CREATE TABLE {migrations} (run_id BIGINT, as_of TIMESTAMP, from_segment_id INTEGER, "
            "to_segment_id INTEGER, customers BIGINT)"
        )
    if not is_whole(store, schema, SEGMENT_HISTORY):
        store.execute(
            f"CREATE TABLE {history} (customer_id {key}, segment_id INTEGER, segment VARCHAR, "
            "valid_from TIMESTAMP, valid_to TIMESTAMP, run_id BIGINT)"
        )
        return key
    found = _key_type(store, history)
    if found == key:
        return key
    # The source's ids are of another type than before: the history takes both as text.
    if found != "VARCHAR":
        store.execute(f"ALTER TABLE {history} ALTER customer_id TYPE VARCHAR")
    return "VARCHAR"


def _key_type(store: DuckDB, relation: str) -> str:
    rows = store.rows(f"SELECT column_name, column_type FROM (DESCRIBE {relation})")  # noqa: S608
    return str(next(r["column_type"] for r in rows if r["column_name"] == "customer_id"))
