"""Customers of another source, by a stored model."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

import segdb
from segdb.engines.duckdb.database import DuckDB
from segdb.engines.publishing.scores import target_of
from segdb.errors import DataError, SettingsError, SourceError, UserError
from segdb.pipeline.scoring import score
from segdb.steps.progress import Notes
from segdb.steps.use.score import ScoringJob
from tests.steps import shops

# Those who only gave back are found after the rows are judged.
ORDERLESS = ("orders", "only returns")
EQUAL = """
SELECT count(*), count(*) FILTER (a.segment_id = b.segment_id AND a.segment = b.segment
                                  AND abs(a.margin - b.margin) < 1e-9)
FROM {} a FULL JOIN segdb.segments b USING (customer_id)
"""


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("score") / "published.duckdb"
    settings = shops.settings("both", features=shops.ALL_FEATURES)
    with shops.opened(path=path) as connection:
        segdb.run("shop", "people", database=connection, settings=settings)
    return path


@pytest.fixture
def store(published: Path, tmp_path: Path) -> Iterator[DuckDB]:
    """A copy of the published database, for the test alone."""
    with duckdb.connect(shutil.copy(published, tmp_path)) as connection:
        yield DuckDB(connection)


def asked(store: DuckDB, sql: str) -> Any:
    return store.connection.execute(sql).fetchall()


def test_the_same_customers_get_the_published_segments(store: DuckDB) -> None:
    scored = score(store, "segdb", ScoringJob("shop", "people"), Notes())
    [(customers, equal)] = asked(store, EQUAL.format("segdb.scored_customers"))
    assert scored.customers == customers == equal == sum(scored.segments.values())
    margin = asked(store, "SELECT avg(margin) FROM segdb.segments")[0][0]
    assert scored.mean_margin == pytest.approx(margin)
    sizes = dict(asked(store, "SELECT segment, customers FROM segdb.segment_profiles"))
    assert scored.segments == sizes
    told = "SELECT source, reason, count(*) FROM segdb.rejected_rows WHERE {} GROUP BY ALL"
    rejected = asked(store, told.format("reason NOT LIKE 'duplicate row'"))
    assert scored.rejected == {row[:2]: row[2] for row in rejected if row[:2] != ORDERLESS}


def test_how_far_the_customers_are_from_what_was_learned(store: DuckDB) -> None:
    bounds = asked(store, "SELECT feature, upper FROM segdb.feature_parameters WHERE upper > 0")
    upper = dict(bounds)["monetary"]
    dear = "SELECT * REPLACE (total * 1000 AS total) FROM shop"
    scored = score(store, "segdb", ScoringJob(dear, "people"), Notes())
    assert upper > 0
    assert scored.beyond_by_feature["monetary"] > 0.9
    assert scored.beyond_caps is not None
    assert scored.beyond_caps >= scored.beyond_by_feature["monetary"]


def test_the_share_beyond_the_bounds_recomputed(store: DuckDB) -> None:
    scored = score(store, "segdb", ScoringJob("shop", "people"), Notes())
    parameters = asked(
        store,
        "SELECT feature, fill, lower, upper FROM segdb.feature_parameters WHERE position >= 0",
    )
    features = store.fetch("FROM segdb.customer_features")
    beyond = np.zeros(features.num_rows, bool)
    for name, fill, lower, upper in parameters:
        value = features[name].to_numpy().astype(float)
        value = np.where(np.isnan(value), fill, value)
        far = np.zeros_like(beyond) if lower is None else (value < lower) | (value > upper)
        assert scored.beyond_by_feature.get(name, 0.0) == pytest.approx(far.mean())
        beyond |= far
    assert scored.beyond_caps == pytest.approx(beyond.mean())
    assert 0 < beyond.mean() < 1


def test_into_files(store: DuckDB, tmp_path: Path) -> None:
    for name in ("scores.csv", "scores.tsv", "deep/scores.parquet"):
        score(store, "segdb", ScoringJob("shop", "people", into=tmp_path / name), Notes())
        [(customers, equal)] = asked(store, EQUAL.format(f"'{tmp_path / name}'"))
        assert customers == equal > 0
    for name, mark in (("scores.csv", ","), ("scores.tsv", "\t")):
        with (tmp_path / name).open(encoding="utf-8", newline="") as file:
            header = next(csv.reader(file, delimiter=mark))
        assert header[:3] == ["customer_id", "segment_id", "segment"]
    with pytest.raises(SettingsError, match="does not say its format"):
        score(store, "segdb", ScoringJob("shop", "people", into=tmp_path / "scores.txt"), Notes())


@pytest.mark.parametrize(
    ("into", "target"),
    [
        ("scored", "scored"),
        ("my scores", "my scores"),
        ("scores.csv", Path("scores.csv")),
        ("scores.xlsx", Path("scores.xlsx")),
        ("segdb.segments", Path("segdb.segments")),
        ("/dev/null", Path("/dev/null")),
        ("folder\\scores", Path("folder\\scores")),
        (Path("scored"), Path("scored")),
    ],
)
def test_what_could_be_a_file_is_no_name_of_a_table(into: str | Path, target: str | Path) -> None:
    assert target_of(into) == target


def test_a_table_of_others_is_not_written_over(store: DuckDB) -> None:
    with pytest.raises(SettingsError, match="published table"):
        score(store, "segdb", ScoringJob("shop", "people", into="Segments"), Notes())
    asked(store, "CREATE TABLE segdb.mine AS SELECT 1 AS one")
    with pytest.raises(SettingsError, match=r"not by `segdb\.score\("):
        score(store, "segdb", ScoringJob("shop", "people", into="mine"), Notes())
    score(store, "segdb", ScoringJob("shop", "people"), Notes())
    assert score(store, "segdb", ScoringJob("shop", "people"), Notes()).customers > 0


def test_an_earlier_run_and_another_moment(store: DuckDB) -> None:
    settings = shops.settings("both", cluster={"k": 5, "n_init": 1})
    segdb.run("shop", "people", database=store.connection, settings=settings)
    first = score(store, "segdb", ScoringJob("shop", "people", run_id=1), Notes())
    assert (first.run_id, len(first.segments)) == (1, 3)
    assert len(score(store, "segdb", ScoringJob("shop", "people"), Notes()).segments) == 5
    later = datetime(2026, 1, 1)
    old = score(store, "segdb", ScoringJob("shop", "people", run_id=1, as_of=later), Notes())
    assert old.beyond_by_feature["recency_days"] == 1.0


def test_a_source_of_other_types_is_read_anew(store: DuckDB, tmp_path: Path) -> None:
    shop, people = tmp_path / "shop.csv", tmp_path / "people.csv"
    asked(store, f"COPY shop TO '{shop}'")
    asked(store, f"COPY people TO '{people}'")
    score(store, "segdb", ScoringJob(shop, people), Notes())
    [(customers, equal)] = asked(store, EQUAL.format("segdb.scored_customers"))
    assert customers == equal


@pytest.mark.parametrize(
    ("orders", "customers", "error", "words"),
    [
        ("shop", None, SourceError, "no customers were given: customers=SOURCE names"),
        ("shop", "SELECT client, income, card FROM people", SourceError, "column 'age'"),
        ("SELECT * FROM shop WHERE false", "people", UserError, "orders"),
    ],
)
def test_what_cannot_be_scored(
    store: DuckDB, orders: str, customers: str | None, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        score(store, "segdb", ScoringJob(orders, customers), Notes())


def test_orders_that_a_run_did_not_have() -> None:
    with shops.opened() as connection:
        settings = shops.settings("customers")
        segdb.run(customers="people", database=connection, settings=settings)
        with pytest.raises(SourceError, match="customers alone, and orders were given"):
            score(DuckDB(connection), "segdb", ScoringJob("shop", "people"), Notes())


COLUMNS = "client, basket, total, department"


@pytest.mark.parametrize(
    ("orders", "words"),
    [
        (
            "SELECT * RENAME (total AS paid) FROM shop",
            "no column 'total', which run 1 read as the amount. There is: basket, bought_at,",
        ),
        (
            f"SELECT {COLUMNS}, true AS bought_at FROM shop",
            "is of type boolean and no date. Run 1 has its settings already: give a SELECT that",
        ),
        (
            f"SELECT {COLUMNS}, '03/04/2024' AS bought_at FROM shop",
            "the other values do not tell. Run 1 has its settings already: give a SELECT",
        ),
        (f"SELECT {COLUMNS}, 'then' AS bought_at FROM shop", "and not 'then'. Run 1 has its"),
    ],
)
def test_what_is_wrong_is_told_without_settings(store: DuckDB, orders: str, words: str) -> None:
    with pytest.raises(SourceError) as caught:
        score(store, "segdb", ScoringJob(orders, "people"), Notes())
    assert words in str(caught.value)
    assert "[columns]" not in str(caught.value)
    assert "[source]" not in str(caught.value)


def test_customers_with_an_id_of_another_name() -> None:
    with shops.opened() as connection:
        settings = shops.settings("customers")
        segdb.run(customers="people", database=connection, settings=settings)
        renamed = "SELECT * RENAME (client AS who) FROM people"
        with pytest.raises(SourceError, match=r"Name it so in a SELECT: … AS client\."):
            score(DuckDB(connection), "segdb", ScoringJob(None, renamed), Notes())


def test_orders_of_the_future_are_told() -> None:
    with shops.opened() as connection:
        settings = shops.settings("orders", as_of="2024-07-10T00:00:00")
        segdb.run("shop", database=connection, settings=settings)
        store = DuckDB(connection)
        later = "SELECT * REPLACE (bought_at + INTERVAL 1 YEAR AS bought_at) FROM shop"
        with pytest.raises(DataError, match="future date"):
            score(store, "segdb", ScoringJob(later, None), Notes())
        moment = datetime(2025, 7, 10)
        assert score(store, "segdb", ScoringJob(later, None, as_of=moment), Notes()).customers > 100


def test_nothing_is_published() -> None:
    with duckdb.connect() as connection, pytest.raises(UserError, match=r"`segdb\.run\(…\)`"):
        score(DuckDB(connection), "segdb", ScoringJob("shop", None), Notes())
