"""History: stays without gaps or overlaps, and migrations that add up to the sizes."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segdb.engines.duckdb.database import DuckDB
from segdb.engines.publishing.history import (
    RFM_SEGMENT,
    departures,
    entries,
    last_segment_id,
    record,
    stays_of,
)
from tests.depth import examples

START = datetime(2026, 1, 31)


@pytest.fixture
def store() -> DuckDB:
    store = DuckDB(duckdb.connect())
    store.execute("CREATE SCHEMA segdb")
    return store


def publish(
    store: DuckDB,
    run_id: int,
    moment: datetime,
    segments: Mapping[object, int],
    *,
    rewind: bool = False,
) -> None:
    kind = "BIGINT" if all(isinstance(key, int) for key in segments) else "VARCHAR"
    store.execute(
        f"CREATE OR REPLACE TABLE segdb.segments (customer_id {kind}, segment_id INTEGER, "
        "segment VARCHAR)"
    )
    for customer, segment in segments.items():
        store.connection.execute(
            "INSERT INTO segdb.segments VALUES (?, ?, ?)", [customer, segment, f"S{segment}"]
        ).fetchall()
    with store.transaction("segdb"):
        record(store, "segdb", run_id, moment, rewind=rewind)


def stays(store: DuckDB) -> list[dict[str, object]]:
    return store.rows("SELECT * FROM segdb.segment_history ORDER BY customer_id, valid_from")


def migrations(store: DuckDB) -> list[dict[str, object]]:
    return store.rows("FROM segdb.segment_migrations ORDER BY ALL")


def test_who_was_where_as_of_a_run(store: DuckDB) -> None:
    runs: dict[int, dict[object, int]] = {
        1: {1: 1, 2: 1, 3: 1},
        2: {1: 1, 2: 2},
        3: {1: 2, 2: 2, 3: 1},
    }
    for run_id, segments in runs.items():
        publish(store, run_id, START + timedelta(30 * run_id), segments)
    for run_id, segments in runs.items():
        found = stays_of(store, "segdb", run_id)
        assert found is not None
        rows = store.rows(found.order_by("customer_id"))
        assert [(row["customer_id"], row["segment"]) for row in rows] == [
            (customer, f"S{segment}") for customer, segment in segments.items()
        ]
    assert stays_of(store, "segdb", 4) is None


def test_who_stays_keeps_one_stay(store: DuckDB) -> None:
    publish(store, 1, START, {1: 1, 2: 1})
    publish(store, 2, START + timedelta(30), {1: 1, 2: 2, 3: 2})
    assert [(s["customer_id"], s["segment_id"], s["valid_to"]) for s in stays(store)] == [
        (1, 1, None),
        (2, 1, START + timedelta(30)),
        (2, 2, None),
        (3, 2, None),
    ]
    moved = store.rows("SELECT * FROM segdb.segment_migrations WHERE run_id = 2 ORDER BY ALL")
    assert {(m["from_segment_id"], m["to_segment_id"]): m["customers"] for m in moved} == {
        (1, 1): 1,
        (1, 2): 1,
        (None, 2): 1,
    }


def test_who_is_gone_has_the_stay_closed(store: DuckDB) -> None:
    publish(store, 1, START, {1: 1, 2: 1})
    publish(store, 2, START + timedelta(30), {1: 1})
    assert stays(store)[1]["valid_to"] == START + timedelta(30)


def test_a_run_at_the_same_moment_takes_the_earlier_one_s_place(store: DuckDB) -> None:
    publish(store, 1, START, {1: 1, 2: 1})
    publish(store, 2, START + timedelta(30), {1: 2, 2: 2})
    publish(store, 3, START + timedelta(30), {1: 1, 2: 2})
    assert [(s["customer_id"], s["segment_id"], s["run_id"]) for s in stays(store)] == [
        (1, 1, 1),
        (2, 1, 1),
        (2, 2, 3),
    ]
    runs = store.rows("SELECT DISTINCT run_id FROM segdb.segment_migrations ORDER BY run_id")
    assert [row["run_id"] for row in runs] == [1, 3]


def test_a_look_back_leaves_the_history_as_it_is(store: DuckDB) -> None:
    publish(store, 1, START, {1: 1})
    before = stays(store)
    publish(store, 2, START - timedelta(30), {1: 2})
    assert stays(store) == before


def test_ids_of_another_type(store: DuckDB) -> None:
    publish(store, 1, START, {1: 1, 2: 1})
    publish(store, 2, START + timedelta(1), {"1": 1, "x": 2})
    publish(store, 3, START + timedelta(2), {1: 1, 2: 2})
    open_now = [s for s in stays(store) if s["valid_to"] is None]
    assert [(s["customer_id"], s["segment_id"]) for s in open_now] == [("1", 1), ("2", 2)]


def test_nobody_new_and_still_a_moment(store: DuckDB) -> None:
    # The last moment is one of a departure alone, and a look back before it stays a look back.
    publish(store, 1, START, {1: 1, 2: 1})
    publish(store, 2, START + timedelta(30), {1: 1})
    before = stays(store)
    publish(store, 3, START + timedelta(15), {1: 1, 2: 2})
    assert stays(store) == before


def test_a_rollback_takes_out_what_came_later(store: DuckDB) -> None:
    publish(store, 1, START, {1: 1, 2: 1})
    publish(store, 2, START + timedelta(30), {1: 2, 3: 2})
    before = stays(store), migrations(store)
    publish(store, 3, START + timedelta(60), {1: 1, 2: 3})
    publish(store, 4, START + timedelta(30), {1: 2, 3: 2}, rewind=True)
    found = stays(store), migrations(store)
    as_two = [[{**row, "run_id": 2 if row["run_id"] == 4 else row["run_id"]} for row in rows]
              for rows in found]  # fmt: skip
    assert as_two == [list(rows) for rows in before]


@dataclass(frozen=True)
class Act:
    """A run, or a rollback to one of those before: at a moment, with customers in segments."""

    month: int
    segments: dict[object, int]
    back_to: int | None


ACTS = st.lists(
    st.builds(
        Act,
        st.integers(0, 4),
        st.dictionaries(st.integers(0, 6), st.integers(1, 3), min_size=1),
        st.none() | st.integers(0, 5),
    ),
    min_size=1,
    max_size=7,
)


@settings(deadline=None, max_examples=examples(60))
@given(acts=ACTS)
def test_history_is_what_was_recorded_at_each_moment(acts: list[Act]) -> None:
    """Against a model of it: the segments by moment, of which a rollback drops the later ones."""
    with duckdb.connect() as connection:
        store = DuckDB(connection)
        store.execute("CREATE SCHEMA segdb")
        recorded: dict[int, tuple[int, dict[object, int]]] = {}
        done: list[Act] = []
        for run_id, act in enumerate(acts, start=1):
            rewind = act.back_to is not None and act.back_to < len(done)
            now = done[act.back_to] if rewind and act.back_to is not None else act
            if rewind:
                recorded = {m: one for m, one in recorded.items() if m < now.month}
            if now.month >= max(recorded, default=0):
                recorded[now.month] = (run_id, now.segments)
            done.append(now)
            moment = START + timedelta(30 * now.month)
            publish(store, run_id, moment, now.segments, rewind=rewind)
            check(store, recorded)


def check(store: DuckDB, recorded: Mapping[int, tuple[int, dict[object, int]]]) -> None:
    """Every moment shows the segments of its run, and the migrations are those counted by hand."""
    history, found = stays(store), migrations(store)
    for stay in history:
        assert stay["valid_to"] is None or stay["valid_to"] > stay["valid_from"]  # type: ignore[operator]
    for one, other in itertools.pairwise(history):
        if one["customer_id"] == other["customer_id"]:
            assert one["valid_to"] is not None
            assert one["valid_to"] <= other["valid_from"]  # type: ignore[operator]
    before: dict[object, int] = {}
    expected = []
    for month, (run_id, segments) in sorted(recorded.items()):
        moment = START + timedelta(30 * month)
        then = [
            s
            for s in history
            if s["valid_from"] <= moment and (s["valid_to"] is None or s["valid_to"] > moment)  # type: ignore[operator]
        ]
        assert {s["customer_id"]: s["segment_id"] for s in then} == segments
        pairs = Counter((before.get(c), segments.get(c)) for c in {*before, *segments})
        expected += [(run_id, moment, *pair, count) for pair, count in pairs.items()]
        before = segments
    assert Counter(tuple(row.values()) for row in found) == Counter(expected)
    entered = store.rows("SELECT count(*) AS n FROM (" + entries("segdb") + ")")[0]["n"]
    left = store.rows("SELECT count(*) AS n FROM (" + departures("segdb") + ")")[0]["n"]
    assert entered == len(history)
    assert left == sum(stay["valid_to"] is not None for stay in history)


def test_who_came_from_where_and_went_where(store: DuckDB) -> None:
    publish(store, 1, START, {1: 1, 2: 1})
    publish(store, 2, START + timedelta(30), {1: 2})
    publish(store, 3, START + timedelta(60), {1: 2, 2: 1})
    wanted = "SELECT customer_id, segment, previous_segment, run_id"
    entered = store.rows(f"{wanted} FROM ({entries('segdb')}) ORDER BY customer_id, entered_at")
    assert [tuple(row.values()) for row in entered] == [
        (1, "S1", None, 1), (1, "S2", "S1", 2), (2, "S1", None, 1), (2, "S1", None, 3),
    ]  # fmt: skip
    left = store.rows(departures("segdb") + " ORDER BY h.customer_id, left_at")
    assert [(row["customer_id"], row["segment"], row["next_segment"]) for row in left] == [
        (1, "S1", "S2"), (2, "S1", None),
    ]  # fmt: skip
    assert {row["left_at"] for row in left} == {START + timedelta(30)}


def test_the_highest_id_is_that_of_any_run(store: DuckDB) -> None:
    assert last_segment_id(store, "segdb") == 0
    store.execute("CREATE TABLE segdb.runs (run_id BIGINT, model JSON)")
    assert last_segment_id(store, "segdb") == 0
    for run_id, ids in ((1, [1, 2, 9]), (2, [1, 3])):
        model = json.dumps({"segments": [{"segment_id": i} for i in ids]})
        store.execute(f"INSERT INTO segdb.runs VALUES ({run_id}, '{model}')")
    assert last_segment_id(store, "segdb") == 9
    # Of a run whose model cannot be read any more, the sizes of its segments know the ids.
    store.execute("CREATE TABLE segdb.run_segments (run_id INTEGER, segment_id INTEGER)")
    assert last_segment_id(store, "segdb") == 9
    store.execute("INSERT INTO segdb.run_segments VALUES (4, 12), (5, 3)")
    assert last_segment_id(store, "segdb") == 12


def publish_rfm(
    store: DuckDB, run_id: int, moment: datetime, names: Mapping[int, str | None], *, rewind: bool
) -> None:
    store.execute(
        "CREATE OR REPLACE TABLE segdb.customer_features (customer_id BIGINT, rfm_segment VARCHAR)"
    )
    for pair in names.items():
        store.connection.execute(
            "INSERT INTO segdb.customer_features VALUES (?, ?)", list(pair)
        ).fetchall()
    with store.transaction("segdb"):
        record(store, "segdb", run_id, moment, RFM_SEGMENT, rewind=rewind)


@settings(max_examples=examples(30), deadline=None)
@given(
    st.lists(
        st.dictionaries(st.integers(1, 5), st.sampled_from(["A", "B's", "{c}", None])),
        min_size=1,
        max_size=5,
    ),
    st.data(),
)
def test_rfm_segments_are_followed_as_segments_are(
    runs: list[dict[int, str | None]], data: st.DataObject
) -> None:
    store = DuckDB(duckdb.connect())
    store.execute("CREATE SCHEMA segdb")
    moments = [START + timedelta(30 * place) for place in range(len(runs))]
    for place, names in enumerate(runs):
        publish_rfm(store, place + 1, moments[place], names, rewind=False)
    back = data.draw(st.integers(0, len(runs) - 1))
    if back < len(runs) - 1:
        publish_rfm(store, len(runs) + 1, moments[back], runs[back], rewind=True)
    for moment, names in list(zip(moments, runs, strict=True))[: back + 1]:
        at = store.rows(
            "SELECT customer_id, rfm_segment FROM segdb.rfm_segment_history WHERE valid_from <= "
            f"TIMESTAMP '{moment}' AND (valid_to IS NULL OR valid_to > TIMESTAMP '{moment}')"
        )
        there = {row["customer_id"]: row["rfm_segment"] for row in at}
        assert len(at) == len(there)
        assert there == {key: name for key, name in names.items() if name is not None}
        sizes = store.rows(
            "SELECT to_rfm_segment AS name, sum(customers) AS n FROM segdb.rfm_segment_migrations "
            f"WHERE as_of = TIMESTAMP '{moment}' AND to_rfm_segment IS NOT NULL GROUP BY ALL"
        )
        assert {row["name"]: row["n"] for row in sizes} == Counter(there.values())
