"""The macro is published with a run, and gives what the run gave."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import pytest

import segdb
from segdb import contract
from segdb.engines.duckdb.database import DuckDB
from segdb.expressions.scale import METHODS as SCALES
from segdb.expressions.winsorize import METHODS as CAPS
from segdb.model import Model
from tests.steps import shops

SOURCES = ("orders", "customers", "both")


def settings() -> Iterator[Any]:
    """Each way of capping with each source; logs take turns.

    Quick are one and components: ``test_live_view`` asks the macro of each way of scaling as well.
    """
    caps, scales = [*CAPS, "none"], list(SCALES)
    for place, source in product(range(len(caps)), SOURCES):
        sections = {
            "outliers": {"method": caps[place]},
            "scale": {"method": scales[place % len(scales)]},
            "features": {"transform": ("auto", "none")[place // 2 % 2]},
        }
        marks = () if (source, place) == ("both", 1) else (pytest.mark.slow,)
        yield pytest.param(source, sections, id=f"{source}-{caps[place]}", marks=marks)
    yield pytest.param("both", {"features": {"components": 3}}, id="both-components")


def of_every_customer(
    connection: duckdb.DuckDBPyConnection, model: Model
) -> tuple[int, int, float]:
    """Ask the macro about each customer: how many, how many agree, and the largest difference."""
    given = ", ".join(f'"{p.feature}" := f."{p.feature}"' for p in model.matrix)
    return connection.execute(f"""
        SELECT count(*), count(*) FILTER (a.segment_id = s.segment_id AND a.segment = s.segment),
               max(greatest(abs(a.distance - s.distance), abs(a.margin - s.margin)))
        FROM segdb.segments s JOIN segdb.customer_features f USING (customer_id),
             segdb.assign({given}) a
    """).fetchall()[0]


@pytest.mark.parametrize(("source", "sections"), list(settings()))
def test_it_gives_the_published_segment_of_every_customer(
    source: str, sections: dict[str, Any]
) -> None:
    with shops.opened() as connection:
        features = {**shops.ALL_FEATURES, **sections.get("features", {})}
        chosen = shops.settings(source, **{**sections, "features": features})
        result = segdb.run(**shops.sources(source), database=connection, settings=chosen)
        asked, equal, apart = of_every_customer(connection, result.model)
        assert asked == equal == result.facts["customers"]
        assert apart < 1e-12


def test_it_is_of_the_last_run() -> None:
    with shops.opened() as connection:
        for k in (3, 5):
            chosen = shops.settings("orders", cluster={"k": k, "n_init": 1})
            result = segdb.run("shop", database=connection, settings=chosen)
        asked, equal, _ = of_every_customer(connection, result.model)
        assert asked == equal
        assert len(result.model.segments) == 5


def test_a_feature_left_out_is_filled() -> None:
    with shops.opened() as connection:
        result = segdb.run("shop", database=connection, settings=shops.settings("orders"))
        fill = next(p.fill for p in result.model.matrix if p.feature == "monetary")
        asked = "FROM segdb.assign(recency_days := 3, frequency := 5{})"
        left_out = connection.execute(asked.format("")).fetchall()
        assert left_out == connection.execute(asked.format(f", monetary := {fill}")).fetchall()
        assert len(left_out) == 1


def test_it_is_told_and_stays_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "shop.duckdb"
    people = "SELECT i AS id, i % 7 AS visits, i * i % 31 AS spent FROM range(60) t(i)"
    chosen = {"features": {"attributes": ["visits", "spent"]}, "cluster": {"k": 2, "n_init": 1}}
    segdb.run(customers=people, database=path, settings=chosen).close()
    store = DuckDB.open(path, read_only=True)
    rows = store.rows("SELECT comment FROM duckdb_functions() WHERE function_name = 'assign'")
    assert [row["comment"].endswith(contract.ASSIGN.sentence) for row in rows] == [True]
    columns = [column.name for column in contract.ASSIGN.columns]
    assert store.fetch("FROM segdb.assign(visits := 3)").column_names == columns
    store.close()


def test_names_of_any_kind_are_features() -> None:
    sql = 'SELECT i AS id, i % 7 AS "Score (1-100)", i * i % 31 AS "select" FROM range(60) t(i)'
    with duckdb.connect() as connection:
        settings = {
            "features": {"attributes": ["Score (1-100)", "select"]},
            "cluster": {"k": 2, "n_init": 1},
        }
        segdb.run(customers=sql, database=connection, settings=settings)
        asked = 'SELECT segment_id FROM segdb.assign("Score (1-100)" := 3, "select" := 9)'
        assert connection.execute(asked).fetchall()[0][0] in {1, 2}
