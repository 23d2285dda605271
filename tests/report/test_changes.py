"""What is said to have changed since the run before."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from segdb.report.changes import changes
from segdb.report.published import Published
from tests.report.conftest import Get

RUN = {"customers": 1_000, "k": 4, "silhouette": 0.40}
NAMES = [{"segment_id": i, "segment": name} for i, name in enumerate("ABCD", start=1)]


def published(moves: list[tuple[int | None, int | None, int]]) -> Published:
    def ask(sql: str) -> pa.Table:
        if "information_schema" in sql:
            return pa.table({"table_name": ["runs", "segment_migrations", "segment_history"]})
        if "segment_history" in sql:
            return pa.Table.from_pylist(NAMES)
        columns = ("from_segment_id", "to_segment_id", "customers")
        return pa.Table.from_pylist([dict(zip(columns, move, strict=True)) for move in moves])

    return Published(ask, "segdb")


def told(moves: list[tuple[int | None, int | None, int]] | None = None, **now: Any) -> Any:
    return changes({**RUN, **now}, RUN, published(moves or []))


def test_figures_of_the_run() -> None:
    assert told() == ("nothing that shows in the figures",)
    assert told(customers=1_100) == ("100 customers more (+10.0%)",)
    assert told(customers=900) == ("100 customers fewer (−10.0%)",)
    assert told(customers=1_001) == ("1 customer more (+0.1%)",)
    assert told(k=5) == ("5 segments instead of 4",)
    assert told(silhouette=0.38) == ("the silhouette went down by 0.02",)
    assert told(silhouette=0.405) == ("nothing that shows in the figures",)
    assert told(silhouette=None) == ("nothing that shows in the figures",)


def test_moves_between_segments() -> None:
    assert told([(1, 1, 90), (1, 2, 10), (2, 2, 90), (2, 1, 10)]) == (
        "20 customers (10.0%) are in another segment than before",
    )
    assert told([(1, 1, 80), (1, 2, 20), (2, 2, 100), (None, 2, 30)]) == (
        "20 customers (10.0%) are in another segment than before",
        "B grew most (+50)",
        "A shrank most (−20)",
    )


def test_segments_that_came_and_went() -> None:
    assert told([(1, 1, 90), (2, 4, 90)])[:2] == ("new: D", "no more: B")


def test_fewer_than_five_who_moved_are_not_told() -> None:
    assert told([(1, 1, 96), (1, 2, 4), (2, 2, 100)]) == ("nothing that shows in the figures",)
    assert told([(1, 1, 95), (1, 2, 5), (2, 2, 100)]) == (
        "5 customers (2.5%) are in another segment than before",
        "B grew most (+5)",
        "A shrank most (−5)",
    )


def test_what_the_shop_says_is_what_its_tables_say(made: Get) -> None:
    store = made("plain").store
    row = store.rows(
        "SELECT sum(customers) FILTER (from_segment_id <> to_segment_id) AS moved, "
        "sum(customers) AS stayed FROM segdb.segment_migrations "
        "WHERE run_id = 2 AND from_segment_id IS NOT NULL AND to_segment_id IS NOT NULL"
    )[0]
    now, before = store.rows("FROM segdb.runs ORDER BY run_id DESC LIMIT 2")
    phrases = changes(now, before, Published(store.fetch, "segdb"))
    share = f"{row['moved'] / row['stayed']:.1%}"
    assert f"{row['moved']} customers ({share}) are in another segment than before" in phrases


def test_a_rollback_tells_no_moves_of_another_run() -> None:
    moves: list[tuple[int | None, int | None, int]] = [(1, 1, 500), (1, 2, 100), (2, 2, 400)]
    assert any("another segment" in words for words in told(moves))
    assert told(moves, customers=990, republishes=3) == (
        "run 3 is published again",
        "10 customers fewer (−1.0%)",
    )


@pytest.mark.parametrize(
    ("drift", "words"),
    [
        ({}, "the model of run 3 still fits"),
        ({"monetary": 0.9, "segment_id": 0.3},
         "much has moved since run 3 learned the model: monetary, the sizes of the segments"),
    ],
)  # fmt: skip
def test_a_refresh_says_what_moved_since_the_model_was_learned(
    drift: dict[str, float], words: str
) -> None:
    def ask(sql: str) -> pa.Table:
        if "information_schema" in sql:
            return pa.table({"table_name": ["runs", "run_drift"]})
        return pa.table({"feature": list(drift), "psi": list(drift.values())})

    now = {**RUN, "run_id": 5, "learned_by": 3}
    assert changes(now, RUN, Published(ask, "segdb")) == (words,)
    assert words not in changes({**now, "learned_by": 5}, RUN, Published(ask, "segdb"))
