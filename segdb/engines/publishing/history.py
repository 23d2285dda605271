"""History: who was in which segment when, and who moved; written inside the publish."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

import ibis.expr.types as ir

from segdb.contract import ID, RUN_SEGMENTS, RUNS, SEGMENT_HISTORY, SEGMENT_MIGRATIONS, TABLES
from segdb.engines.protocol import Database
from segdb.engines.publishing.integrity import has, is_whole, make_room, set_aside
from segdb.sql_text import quoted


def last_model(store: Database, schema: str) -> str | None:
    """Return the model of the last run as JSON text; None before the first run, or without it."""
    if not has(store, schema, RUNS, "run_id", "model"):
        return None
    runs = store.relation(schema, RUNS.name)
    sql = f"SELECT model FROM {runs} WHERE run_id IS NOT NULL ORDER BY run_id DESC LIMIT 1"  # noqa: S608
    rows = store.rows(sql)
    return rows[0]["model"] if rows else None


def last_segment_id(store: Database, schema: str) -> int:
    """Return the highest segment id that any run ever gave; 0 before the first run.

    It is read off the models: a run that looks back, or one that was rolled back, is in no
    history, and its ids are taken all the same.
    """
    last = 0
    if has(store, schema, RUNS, "model"):
        rows = store.rows(f"SELECT model FROM {store.relation(schema, RUNS.name)}")  # noqa: S608
        last = max((_highest_id(row["model"]) for row in rows), default=0)
    if has(store, schema, RUN_SEGMENTS, "segment_id"):
        # Where a model cannot be read any more.
        place = store.relation(schema, RUN_SEGMENTS.name)
        sql = f"SELECT max(segment_id) AS last FROM {place}"  # noqa: S608
        last = max(last, store.rows(sql)[0]["last"] or 0)
    return int(last)


def _highest_id(model: str | None) -> int:
    """Return the highest segment id in the JSON of a model; 0 of one that is damaged."""
    try:
        return max(int(segment["segment_id"]) for segment in json.loads(model or "")["segments"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return 0


# All who came, went or moved; gone when they are written.
_MOVES = "segdb_moves"


@dataclass(frozen=True)
class Followed:
    """What is followed from run to run: in which group each customer is.

    Attributes:
        groups: the published table with a row a customer that says it.
        history: the table of the stays.
        migrations: the table of the moves.
        column: the group's column in ``groups`` and in ``history``.
        type: its SQL type.
        label: a column that says more of the group; None without one.
    """

    groups: str
    history: str
    migrations: str
    column: str
    type: str
    label: str | None = None

    @property
    def columns(self) -> str:
        """The columns of a stay that say where it is."""
        return self.column if self.label is None else f"{self.column}, {self.label}"


SEGMENT = Followed(
    "segments", "segment_history", "segment_migrations", "segment_id", "INTEGER", "segment"
)
RFM_SEGMENT = Followed(
    "customer_features", "rfm_segment_history", "rfm_segment_migrations", "rfm_segment", "VARCHAR"
)


def record(
    store: Database,
    schema: str,
    run_id: int,
    moment: datetime,
    what: Followed = SEGMENT,
    *,
    rewind: bool = False,
) -> None:
    """Update a history and its migrations from the table that was just written.

    A customer who stays keeps the open stay; one who moves or goes has it closed at ``moment``,
    and one who is elsewhere or new gets a stay opened. A run with the same moment as an earlier
    one takes that one's place; a run that looks further back than the last one leaves both tables
    as they are, unless ``rewind`` takes all that came later out of them. Who is in no group, as
    without RFM scores, has no stay.

    The open stays and the groups are joined once; what changed is the only thing written.

    Args:
        store: in the middle of a publish, with the groups written.
        schema: where the tables are.
        run_id: the run.
        moment: as_of, or the time of the run where there is none.
        what: segments, or RFM segments.
        rewind: the run is an earlier one, published again in the place of the later ones.
    """
    at = f"TIMESTAMP '{moment.isoformat(sep=' ')}'"
    key = _prepare(store, schema, what)
    # Every run that was recorded has a row among the migrations: a few where the stays are many.
    last = _last(store, schema, what.migrations, "as_of")
    if last is None:  # they were dropped, or there was no run
        last = _last(store, schema, what.history, "valid_from")
    if last is not None and last > moment and not rewind:
        return
    if last is not None and last >= moment:
        store.delete(schema, what.migrations, f"as_of >= {at}")
        store.delete(schema, what.history, f"valid_from >= {at}")
        store.update(schema, what.history, "valid_to", "NULL", f"valid_to >= {at}")
    _find_moves(store, schema, key, what)
    _write_moves(store, schema, run_id, at, what)
    store.forget(_MOVES)


def _last(store: Database, schema: str, table: str, column: str) -> datetime | None:
    sql = f"SELECT max({column}) AS last FROM {store.relation(schema, table)}"  # noqa: S608
    last: datetime | None = store.rows(sql)[0]["last"]
    return last


def _write_moves(store: Database, schema: str, run_id: int, at: str, what: Followed) -> None:
    """Write the moves into the migrations, and the stays that they end and begin."""
    groups = store.relation(schema, what.groups)
    store.append(
        schema,
        what.migrations,
        ("run_id", "as_of", f"from_{what.column}", f"to_{what.column}", "customers"),
        f"SELECT {run_id}, {at}, from_id, to_id, count(*) FROM {_MOVES} "  # noqa: S608
        "GROUP BY from_id, to_id UNION ALL "
        f"SELECT {run_id}, {at}, to_id, to_id, n - coalesce(came, 0) "
        f"FROM (SELECT {what.column} AS to_id, count(*) AS n FROM {groups} "
        f"WHERE {what.column} IS NOT NULL GROUP BY 1) AS now LEFT JOIN "
        f"(SELECT to_id, count(*) AS came FROM {_MOVES} GROUP BY to_id) AS moved "
        "USING (to_id) WHERE n > coalesce(came, 0) ORDER BY 1, 2, 3, 4, 5",
    )
    stays = f"(SELECT stay FROM {_MOVES} WHERE stay IS NOT NULL)"  # noqa: S608
    ended = f"valid_to IS NULL AND customer_id IN {stays}"
    store.update(schema, what.history, "valid_to", at, ended)
    to = "to_id" if what.label is None else f"to_id, {what.label}"
    store.append(
        schema,
        what.history,
        ("customer_id", *what.columns.split(", "), "valid_from", "valid_to", "run_id"),
        f"SELECT customer_id, {to}, {at}, NULL, {run_id} FROM {_MOVES} WHERE to_id IS NOT NULL",  # noqa: S608
    )


def _find_moves(store: Database, schema: str, key: str, what: Followed) -> None:
    """Make a table of all who came, went, or are elsewhere than in their open stay."""
    history, groups = (store.relation(schema, name) for name in (what.history, what.groups))
    label = "" if what.label is None else f", s.{what.label}"
    store.table(
        _MOVES,
        "SELECT o.customer_id AS stay, s.customer_id, "  # noqa: S608
        f"o.{what.column} AS from_id, s.{what.column} AS to_id{label} FROM "
        f"(SELECT customer_id, {what.column} "
        f"FROM {history} WHERE valid_to IS NULL) AS o FULL JOIN "
        f"(SELECT CAST(customer_id AS {key}) AS customer_id, {what.columns} "
        f"FROM {groups} WHERE {what.column} IS NOT NULL) AS s ON s.customer_id = o.customer_id "
        f"WHERE o.{what.column} IS DISTINCT FROM s.{what.column}",
    )


def stays_of(store: Database, schema: str, run_id: int) -> ir.Table | None:
    """Return (customer_id, segment) as of a run; None of a run that the history does not tell."""
    for table in (SEGMENT_HISTORY, SEGMENT_MIGRATIONS):
        if not is_whole(store, schema, table):
            return None
    sql = (
        f"SELECT max(as_of) AS moment FROM {store.relation(schema, SEGMENT_MIGRATIONS.name)} "  # noqa: S608
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


def _prepare(store: Database, schema: str, what: Followed) -> str:
    """Create what is not there, and return the SQL type of the ids in the history.

    A table that was altered is set aside: a history with a gap in it would tell wrong stays.
    """
    key = store.key_type(schema, what.groups)
    tables = {table.name: table for table in TABLES}
    stays, moves = tables[what.history], tables[what.migrations]
    for table in (stays, moves):
        make_room(store, schema, table)
        set_aside(store, schema, table, whole=True)
    if not is_whole(store, schema, moves):
        store.grow(schema, what.migrations, {c.name: store.sql_type(c.type) for c in moves.columns})
    if not is_whole(store, schema, stays):
        kinds = {c.name: key if c.type == ID else store.sql_type(c.type) for c in stays.columns}
        store.grow(schema, what.history, kinds)
        return key
    stored_type, text = store.key_type(schema, what.history), store.sql_type("VARCHAR")
    if stored_type == key:
        return key
    # The source's ids are of another type than before: the history takes both as text.
    if stored_type != text:
        store.change_type(schema, what.history, "customer_id", text)
    return text
