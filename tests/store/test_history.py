"""History: stays without gaps or overlaps, and migrations that add up to the sizes."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timedelta

import duckdb
import pytest

from segdb.store.duckdb import DuckDB
from segdb.store.history import last_segment_id, record

START = datetime(2026, 1, 31)


@pytest.fixture
def store() -> DuckDB:
    store = DuckDB(duckdb.connect())
    store.execute("CREATE SCHEMA segdb")
    return store


def publish(store: DuckDB, run_id: int, moment: datetime, segments: Mapping[object, int]) -> None:
    kind = "BIGINT" if all(isinstance(key, int) for key in segments) else "VARCHAR"
    store.execute(
        f"CREATE OR REPLACE TABLE segdb.segments (customer_id {kind}, segment_id INTEGER, "
        "segment VARCHAR)"
    )
    for customer, segment in segments.items():
        store.connection.execute(
            "INSERT INTO segdb.segments VALUES (?, ?, ?)", [customer, segment, f"S{segment}"]
        ).fetchall()
    with store.transaction():
        record(store, "segdb", run_id, moment)


def stays(store: DuckDB) -> list[dict[str, object]]:
    return store.rows("SELECT * FROM segdb.segment_history ORDER BY customer_id, valid_from")


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


@pytest.mark.parametrize("seed", range(5))
def test_no_gap_no_overlap_and_migrations_add_up(store: DuckDB, seed: int) -> None:
    draw = random.Random(seed)
    found: list[dict[object, int]] = []
    for month in range(8):
        segments: dict[object, int] = {
            customer: draw.randint(1, 4) for customer in range(60) if draw.random() < 0.8
        }
        found.append(segments)
        publish(store, month + 1, START + timedelta(30 * month), segments)
    history = stays(store)
    for month, segments in enumerate(found):
        moment = START + timedelta(30 * month)
        then = [
            s
            for s in history
            if s["valid_from"] <= moment and (s["valid_to"] is None or s["valid_to"] > moment)  # type: ignore[operator]
        ]
        assert {s["customer_id"]: s["segment_id"] for s in then} == segments
        assert len(then) == len(segments)
        moved = store.rows(f"FROM segdb.segment_migrations WHERE run_id = {month + 1}")
        for segment in range(1, 5):
            into = sum(m["customers"] for m in moved if m["to_segment_id"] == segment)
            assert into == sum(1 for own in segments.values() if own == segment)
    assert last_segment_id(store, "segdb") == 4
