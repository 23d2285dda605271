"""Monthly runs of real shops: ids as a person would give them, and a history that fits."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

import segdb
from segdb.engines.duckdb.database import DuckDB

Labels = dict[int, int]
# Of the customers that two segments share, this much of either is the same segment to anyone.
SAME = 0.7


@dataclass(frozen=True)
class Year:
    """Runs: as_of, the ids of the customers' segments, and the names by id, of each."""

    store: DuckDB
    moments: list[dt.datetime]
    labels: list[Labels]
    names: list[dict[int, str]]


def cdnow_orders(folder: Path) -> str:
    columns = "header = false, delim = '|', columns = {'line': 'VARCHAR'}"
    lines = f"read_csv('{folder / 'CDNOW_sample.txt'}', {columns})"
    return (
        "SELECT p[1]::INTEGER AS client, strptime(p[3], '%Y%m%d') AS bought_at, "
        "row_number() OVER () AS basket, p[5]::DECIMAL(12, 2) AS total "
        f"FROM (SELECT regexp_split_to_array(trim(line), '\\s+') AS p FROM {lines})"
    )


def journey_orders(folder: Path) -> str:
    return (
        "SELECT household_id AS client, transaction_timestamp AS bought_at, basket_id AS basket, "
        f"sales_value AS total FROM '{folder / 'transactions.parquet'}'"
    )


def settings(moment: dt.datetime) -> dict[str, Any]:
    return {
        "as_of": moment,
        "columns": {
            "customer_id": "client",
            "order_id": "basket",
            "ordered_at": "bought_at",
            "amount": "total",
        },
        "clean": {"duplicates": "keep"},
        "cluster": {"k": 5, "n_init": 2},
    }


@pytest.fixture(
    scope="module",
    params=[
        ("cdnow", 4),
        pytest.param(("cdnow", 6), marks=pytest.mark.slow),
        pytest.param(("cdnow", 12), marks=pytest.mark.slow),
        pytest.param(("complete_journey", 12), marks=pytest.mark.slow),
    ],
    ids=lambda param: f"{param[0]}, {param[1]} months",
)
def year(request: pytest.FixtureRequest) -> Iterator[Year]:
    shop, count = request.param
    folder: Path = request.getfixturevalue(shop)
    orders = cdnow_orders if shop == "cdnow" else journey_orders
    first = dt.datetime(1997, 7, 1) if shop == "cdnow" else dt.datetime(2017, 2, 1)
    months = [first.month - 1 + place for place in range(count)]
    moments = [dt.datetime(first.year + m // 12, m % 12 + 1, 1) for m in months]
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE orders AS {orders(folder)}").fetchall()
        store = DuckDB(connection)
        labels, names = [], []
        for moment in moments:
            source = f"SELECT * FROM orders WHERE bought_at < TIMESTAMP '{moment}'"
            segdb.run(source, database=connection, settings=settings(moment))
            rows = connection.execute("SELECT customer_id, segment_id FROM segdb.segments")
            labels.append(dict(rows.fetchall()))
            rows = connection.execute("SELECT segment_id, segment FROM segdb.segment_profiles")
            names.append(dict(rows.fetchall()))
        yield Year(store, moments, labels, names)


def test_what_anyone_would_call_the_same_segment_keeps_its_id_and_name(year: Year) -> None:
    kept = 0
    for month in range(1, len(year.moments)):
        then, now = year.labels[month - 1], year.labels[month]
        both = [(then[c], now[c]) for c in then.keys() & now.keys()]
        pairs, olds, news = Counter(both), Counter(a for a, _ in both), Counter(b for _, b in both)
        for (old, new), count in pairs.items():
            if count >= SAME * olds[old] and count >= SAME * news[new]:
                assert old == new, (year.moments[month], old, new, count)
                assert year.names[month][new] == year.names[month - 1][old]
                kept += 1
    assert kept >= 15 * (len(year.moments) - 1) // 11


def test_an_id_that_is_gone_never_comes_back(year: Year) -> None:
    gone: set[int] = set()
    for month in range(len(year.moments)):
        own = set(year.names[month])
        assert not own & gone
        assert own == set(year.labels[month].values())
        if month:
            gone |= set(year.names[month - 1]) - own


def test_history_has_no_gaps_or_overlaps(year: Year) -> None:
    broken = year.store.rows(
        """
        SELECT * FROM (
            SELECT *, lead(valid_from) OVER (PARTITION BY customer_id ORDER BY valid_from) AS next
            FROM segdb.segment_history
        )
        -- Nobody leaves these shops, so that each stay ends where the next begins.
        WHERE valid_to IS DISTINCT FROM next OR valid_to <= valid_from
        """
    )
    assert broken == []
    for moment, labels in zip(year.moments, year.labels, strict=True):
        rows = year.store.connection.execute(
            "SELECT customer_id, segment_id FROM segdb.segment_history "
            "WHERE valid_from <= $at AND (valid_to IS NULL OR valid_to > $at)",
            {"at": moment},
        ).fetchall()
        assert len(rows) == len(labels)
        assert dict(rows) == labels


def test_migrations_add_up_to_the_sizes(year: Year) -> None:
    rows = year.store.rows("FROM segdb.segment_migrations")
    for month, moment in enumerate(year.moments):
        now = year.labels[month]
        then = year.labels[month - 1] if month else {}
        pairs = Counter((then.get(c), now.get(c)) for c in {*then, *now})
        own = [row for row in rows if row["as_of"] == moment]
        found = {(row["from_segment_id"], row["to_segment_id"]): row["customers"] for row in own}
        assert found == pairs
        into = Counter(year.labels[month].values())
        for segment_id, size in into.items():
            assert sum(n for (_, to), n in found.items() if to == segment_id) == size


def test_the_last_run_again_on_shuffled_rows_leaves_the_history_as_it_was(year: Year) -> None:
    columns = "customer_id, segment_id, segment, valid_from, valid_to"
    sql = f"SELECT {columns} FROM segdb.segment_history ORDER BY ALL"
    before = year.store.connection.execute(sql).fetchall()
    moment = year.moments[-1]
    source = f"SELECT * FROM orders WHERE bought_at < TIMESTAMP '{moment}' ORDER BY hash(basket)"
    segdb.run(source, database=year.store.connection, settings=settings(moment))
    assert year.store.connection.execute(sql).fetchall() == before
