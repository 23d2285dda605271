"""Difference: what `segdb runs diff` tells, counted again from copies of the runs' tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

import segdb
from segdb.engines.duckdb.database import DuckDB
from segdb.errors import UserError
from segdb.steps.lifecycle.diff_runs import Difference, difference
from segdb.steps.lifecycle.drift import SIZES
from tests.steps import shops

RUNS: list[dict[str, Any]] = [
    {"as_of": datetime(2024, 3, 1)},
    {"as_of": datetime(2024, 5, 1)},
    {
        "as_of": datetime(2024, 5, 1),
        "outliers": {"method": "none"},
        "cluster": {"k": 4, "n_init": 2},
    },
    {"as_of": datetime(2024, 6, 1), "features": {"use": ["recency_days", "frequency"]}},
]
Labels = dict[str, str]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[DuckDB, list[Labels]]]:
    """Four runs of which one is kept beside the last, and the names that each gave.

    The database is open for reading alone: a difference needs no right to write.
    """
    path, labels = tmp_path_factory.mktemp("runs") / "shop.duckdb", []
    with shops.opened(2400, path) as connection:
        for sections in RUNS:
            settings = shops.settings("orders", **sections, publish={"keep_runs": 1})
            segdb.run("shop", database=connection, settings=settings)
            rows = connection.execute("SELECT customer_id, segment FROM segdb.segments")
            labels.append(dict(rows.fetchall()))
    store = DuckDB.open(path, read_only=True)
    yield store, labels
    store.close()


def moves(found: Difference) -> Counter[tuple[str | None, str | None]]:
    assert found.customers is not None
    return Counter({(r["before"], r["after"]): r["customers"] for r in found.customers})


# Of a kept run and the last, of a run in the history alone and the last, and the other way.
@pytest.mark.parametrize(("before", "after"), [(3, 4), (1, 4), (4, 1), (1, 3), (3, 3)])
def test_customers_are_counted_by_hand(
    made: tuple[DuckDB, list[Labels]], before: int, after: int
) -> None:
    store, labels = made
    then, now = labels[before - 1], labels[after - 1]
    expected = Counter((then.get(c), now.get(c)) for c in {*then, *now})
    assert moves(difference(store, "segdb", before, after)) == expected


def test_of_a_run_that_nothing_tells_any_more_it_is_said(
    made: tuple[DuckDB, list[Labels]],
) -> None:
    # Run 3 took the place of run 2 in the history, and run 2 is not kept.
    store, _ = made
    found = difference(store, "segdb", 2, 4)
    assert found.customers is None
    assert [row["feature"] for row in found.drift] == [SIZES]


def test_what_else_differs(made: tuple[DuckDB, list[Labels]]) -> None:
    store, labels = made
    found = difference(store, "segdb", 2, 3)
    assert {row["name"]: (row["before"], row["after"]) for row in found.settings} == {
        "outliers.method": ("percentile", "none"),
        "cluster.k": (3, 4),
        "cluster.n_init": (1, 2),
    }
    assert ("k", 3, 4) in {(r["name"], r["before"], r["after"]) for r in found.figures}
    for place, side in ((1, "before"), (2, "after")):
        sizes = {r[f"segment_{side}"]: r[f"customers_{side}"] for r in found.segments}
        sizes.pop(None, None)
        assert sizes == Counter(labels[place].values())
        assert sum(r[f"share_{side}"] or 0 for r in found.segments) == pytest.approx(1)
    for row in found.segments:
        assert (row["centroid_moved"] is None) == (None in row.values())


def test_a_run_beside_itself(made: tuple[DuckDB, list[Labels]]) -> None:
    found = difference(made[0], "segdb", 3, 3)
    assert (found.figures, found.settings) == ([], [])
    assert all(row["centroid_moved"] == pytest.approx(0, abs=1e-12) for row in found.segments)
    assert all(row["psi"] == 0 for row in found.drift)


def test_centroids_and_drift(made: tuple[DuckDB, list[Labels]]) -> None:
    store, _ = made
    found = difference(store, "segdb", 3, 4)
    natural = store.rows('SELECT segment_id, feature, "natural" FROM segdb.segment_centroids')
    now = {(row["segment_id"], row["feature"]): row["natural"] for row in natural}
    for row in found.centroids:
        assert row["after"] == now[row["segment_id"], row["feature"]]
    published = store.rows("SELECT feature, psi FROM segdb.run_drift WHERE run_id = 4")
    assert {row["feature"]: row["psi"] for row in found.drift} == {
        row["feature"]: pytest.approx(row["psi"], abs=1e-12) for row in published
    }
    assert "features of the matrix" in {row["name"] for row in found.figures}


def test_a_run_that_is_none(made: tuple[DuckDB, list[Labels]]) -> None:
    with pytest.raises(UserError, match="There is no run 9"):
        difference(made[0], "segdb", 1, 9)
