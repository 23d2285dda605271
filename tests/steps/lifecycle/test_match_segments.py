"""Identity in whole runs: what stays the same when settings, units and customers change."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

import segdb
from segdb.engines.duckdb.database import DuckDB
from tests.steps.published import Publications

NOW = datetime(2026, 1, 1)
# Five kinds of customers: days since the last order, orders, amount of one.
KINDS: dict[str, tuple[float, float, float]] = {
    "champions": (5, 40, 200),
    "loyal": (20, 15, 80),
    "new": (8, 2, 30),
    "risky": (200, 12, 90),
    "lost": (400, 1, 25),
}
Shop = Mapping[str, tuple[float, float, float]]
COLUMNS = {
    "customer_id": "client",
    "order_id": "basket",
    "ordered_at": "bought_at",
    "amount": "total",
}


@pytest.fixture
def store() -> Iterator[DuckDB]:
    store = DuckDB(duckdb.connect())
    yield store
    store.connection.close()


@pytest.fixture
def published(publications: Publications, tmp_path: Path) -> Iterator[DuckDB]:
    """A database that the shop of the five kinds has been published to, in five segments."""
    with publications.opened(
        tmp_path / "shop.duckdb", written, {"orders": "shop"}, settings(5)
    ) as connection:
        yield DuckDB(connection)


def fill(store: DuckDB, shop: Shop, *, each: int = 60, now: datetime = NOW, seed: int = 0) -> None:
    """Write the orders of a shop, ``each`` customers a kind, in an order that the seed gives."""
    kinds = ", ".join(
        f"('{kind}', {place}, {days}, {orders}, {amount})"
        for place, (kind, (days, orders, amount)) in enumerate(shop.items())
    )
    store.execute(
        f"""
        CREATE OR REPLACE TABLE shop AS
        WITH kinds(kind, place, days, orders, amount) AS (VALUES {kinds}),
        clients AS (
            SELECT kind || '-' || number AS client, *,
                0.9 + 0.2 * (hash(kind, number) % 1000) / 1000 AS own
            FROM kinds, range({each}) AS numbers(number)
        ),
        orders AS (
            SELECT *, unnest(range(greatest(1, round(orders * own))::INTEGER)) AS back FROM clients
        )
        SELECT
            client, client || '/' || back AS basket,
            TIMESTAMP '{now}' - to_hours((24 * (days * own + 9 * back * own))::INTEGER)
                AS bought_at,
            round(amount * own, 2)::DECIMAL(12, 2) AS total
        FROM orders
        ORDER BY hash(client, back, {seed})
        """
    )


def written(path: Path) -> None:
    """Write a database with the shop of the five kinds."""
    with duckdb.connect(str(path)) as connection:
        fill(DuckDB(connection), KINDS)


def settings(k: int, now: datetime = NOW) -> dict[str, Any]:
    return {
        "columns": COLUMNS,
        "as_of": now,
        "features": {"use": ["recency_days", "frequency", "monetary"]},
        "cluster": {"k": k, "n_init": 3, "seed": 1},
    }


def run(store: DuckDB, k: int = 5, *, now: datetime = NOW, **sections: Any) -> dict[str, int]:
    """Run, and return the id of the segment that most customers of each kind are in."""
    segdb.run("shop", database=store.connection, settings={**settings(k, now), **sections})
    return ids(store)


def ids(store: DuckDB) -> dict[str, int]:
    rows = store.rows(
        "SELECT split_part(customer_id, '-', 1) AS kind, mode(segment_id) AS own "
        "FROM segdb.segments GROUP BY ALL"
    )
    return {row["kind"]: row["own"] for row in rows}


def names(store: DuckDB) -> dict[int, str]:
    rows = store.rows("SELECT segment_id, segment FROM segdb.segment_profiles")
    return {row["segment_id"]: row["segment"] for row in rows}


@pytest.mark.parametrize("seed", [0, *(pytest.param(n, marks=pytest.mark.slow) for n in (1, 2))])
def test_shuffled_restarts_keep_ids_and_names(published: DuckDB, seed: int) -> None:
    first, called = ids(published), names(published)
    fill(published, KINDS, seed=seed + 1)
    again = run(published, cluster={"k": 5, "n_init": 1, "seed": 1000 + seed})
    assert (again, names(published)) == (first, called)
    assert sorted(first.values()) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "sections",
    [
        {"scale": {"method": "robust"}},
        pytest.param({"scale": {"method": "minmax"}}, marks=pytest.mark.slow),
        pytest.param({"scale": {"method": "none"}}, marks=pytest.mark.slow),
        pytest.param({"outliers": {"method": "none"}}, marks=pytest.mark.slow),
        pytest.param({"outliers": {"method": "iqr"}}, marks=pytest.mark.slow),
        pytest.param(
            {"features": {"use": ["recency_days", "frequency", "monetary"], "transform": "none"}},
            marks=pytest.mark.slow,
        ),
        pytest.param(
            {"features": {"use": ["recency_days", "frequency", "monetary", "average_order_value"]}},
            marks=pytest.mark.slow,
        ),
        {"features": {"use": ["recency_days", "monetary"]}},
    ],
    ids=str,
)
def test_other_units_and_features_keep_ids(published: DuckDB, sections: dict[str, Any]) -> None:
    """There and back: both runs after a change are of other settings than the one before."""
    first, called = ids(published), names(published)
    try_other = run(published, **sections)
    same = {kind for kind in KINDS if try_other[kind] == first[kind]}
    # Where the settings part the customers otherwise, those are other segments.
    assert len(set(try_other.values())) < 5 or same == set(KINDS)
    assert len(same) >= 3
    assert all(names(published)[first[kind]] == called[first[kind]] for kind in same)


def test_other_features_are_other_segments(published: DuckDB) -> None:
    other: dict[str, Any] = {
        "use": [],
        "sql": {"largest": "max(total)", "weekday": "avg(dayofweek(bought_at))"},
    }
    assert min(run(published, features=other).values()) > 5
    # The same name, and another definition.
    highest = max(ids(published).values())
    other["sql"] = {"largest": "min(total)", "weekday": "avg(day(bought_at))"}
    assert min(run(published, features=other).values()) > highest


def test_one_splits(store: DuckDB) -> None:
    shop = {kind: KINDS[kind] for kind in ("champions", "loyal", "risky", "lost")}
    fill(store, shop)
    first = run(store, k=4)
    # Some of the loyal buy far more often: the others keep the id, they get a new one.
    fill(store, {**shop, "keen": (18, 34, 76)})
    after = run(store, k=5)
    assert {kind: after[kind] for kind in shop} == first
    assert after["keen"] == 5


def test_two_merge(store: DuckDB) -> None:
    fill(store, {**KINDS, "loyal": (20, 15, 80), "keen": (15, 22, 95)})
    first = run(store, k=6)
    merged = run(store, k=5)
    assert merged["loyal"] == merged["keen"]
    assert merged["loyal"] in {first["loyal"], first["keen"]}
    others = [kind for kind in KINDS if kind != "loyal"]
    assert [merged[kind] for kind in others] == [first[kind] for kind in others]
    # The id that went with the merge is not given to whoever comes next.
    gone = ({first["loyal"], first["keen"]} - {merged["loyal"]}).pop()
    fill(store, {**KINDS, "whales": (3, 60, 2000)})
    assert run(store, k=6)["whales"] == 7
    assert gone not in ids(store).values()


def test_one_vanishes_and_comes_back_as_another(published: DuckDB) -> None:
    first = ids(published)
    rest = {kind: one for kind, one in KINDS.items() if kind != "risky"}
    fill(published, rest)
    assert run(published, k=4) == {kind: first[kind] for kind in rest}
    fill(published, KINDS)
    back = run(published)
    assert {kind: back[kind] for kind in rest} == {kind: first[kind] for kind in rest}
    assert back["risky"] == 6


@pytest.mark.slow
def test_one_drifts_slowly_for_a_year(store: DuckDB) -> None:
    """The loyal of January are silent in December; every step is small, and the id stays."""
    first: dict[str, int] = {}
    for month in range(12):
        now = NOW + timedelta(30 * month)
        fill(store, {**KINDS, "loyal": (20 + 12 * month, 15, 80)}, now=now)
        found = run(store, now=now)
        first = first or found
        assert found == first, month
    called = store.rows("SELECT DISTINCT segment_id, segment FROM segdb.segment_history")
    assert len(called) == len(KINDS)


def test_all_grow_older_together(published: DuckDB) -> None:
    """Every customer's totals double: measured against all, each segment is where it was."""
    first = ids(published)
    fill(published, {kind: (days, 2 * n, 2 * amount) for kind, (days, n, amount) in KINDS.items()})
    assert run(published) == first


def test_a_model_of_another_version_is_no_obstacle(published: DuckDB) -> None:
    model = json.loads(published.rows("SELECT model FROM segdb.runs")[0]["model"])
    text = json.dumps({**model, "version": 0}).replace("'", "''")
    published.execute(f"UPDATE segdb.runs SET model = '{text}'")
    assert sorted(run(published).values()) == [6, 7, 8, 9, 10]
