"""The macro gives what the run gave."""

from __future__ import annotations

import duckdb
import pytest

import segdb
from segdb.export.macro import assign_macro
from tests.steps import shops


@pytest.mark.parametrize(
    ("source", "components"), [("orders", None), ("customers", None), ("both", 3)]
)
def test_assign_gives_the_published_segment(source: str, components: int | None) -> None:
    with shops.opened() as connection:
        settings = shops.settings(source, features={"components": components})
        result = segdb.run(**shops.sources(source), database=connection, settings=settings)
        connection.execute(assign_macro("segdb", result.model)).fetchall()
        given = ", ".join(f'"{p.feature}" := f."{p.feature}"' for p in result.model.matrix)
        rows = connection.execute(f"""
            SELECT count(*), count(*) FILTER (a.segment_id = s.segment_id
                AND a.segment = s.segment AND abs(a.distance - s.distance) < 1e-9
                AND abs(a.margin - s.margin) < 1e-9)
            FROM segdb.segments s JOIN segdb.customer_features f USING (customer_id),
                 segdb.assign({given}) a
        """).fetchall()
        assert rows[0][0] == rows[0][1] == result.facts["customers"]


def test_a_feature_left_out_is_filled() -> None:
    with shops.opened() as connection:
        result = segdb.run("shop", database=connection, settings=shops.settings("orders"))
        connection.execute(assign_macro("segdb", result.model)).fetchall()
        fill = next(p.fill for p in result.model.matrix if p.feature == "monetary")
        asked = "FROM segdb.assign(recency_days := 3, frequency := 5{})"
        left_out = connection.execute(asked.format("")).fetchall()
        assert left_out == connection.execute(asked.format(f", monetary := {fill}")).fetchall()
        assert len(left_out) == 1


def test_names_of_any_kind_are_features() -> None:
    sql = 'SELECT i AS id, i % 7 AS "Score (1-100)", i * i % 31 AS "select" FROM range(60) t(i)'
    with duckdb.connect() as connection:
        settings = {
            "features": {"attributes": ["Score (1-100)", "select"]},
            "cluster": {"k": 2, "n_init": 1},
        }
        result = segdb.run(customers=sql, database=connection, settings=settings)
        connection.execute(assign_macro("segdb", result.model)).fetchall()
        asked = 'SELECT segment_id FROM segdb.assign("Score (1-100)" := 3, "select" := 9)'
        assert connection.execute(asked).fetchall()[0][0] in {1, 2}
