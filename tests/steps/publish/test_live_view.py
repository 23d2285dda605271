"""segments_live equals segments, whatever the settings, and follows its source."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import pytest

import segdb
from segdb.config.settings import parse
from segdb.engines.duckdb.database import DuckDB
from segdb.expressions.assign import assign, labelled
from segdb.expressions.scale import METHODS as SCALES
from segdb.expressions.winsorize import METHODS as CAPS
from segdb.inspect.schema_hints import SchemaHints
from segdb.model import Model
from segdb.steps.features.build_features import build_features
from segdb.steps.features.options import FeatureOptions
from segdb.steps.ingest.read_sources import read_sources
from segdb.steps.preprocess.learn import to_matrix
from segdb.steps.progress import Notes
from tests.exports.test_macro import of_every_customer
from tests.steps import shops

COLUMNS = "customer_id, segment_id, segment, distance, margin"
ASKED = f"SELECT {COLUMNS} FROM {{}} ORDER BY customer_id"
SOURCES = ("orders", "customers", "both")


# Of the twenty, those of `make test`: each way of capping, each way of scaling and each source.
QUICK = {1, 6, 11, 12, 17}
AS_OF = "2024-06-15T12:00:00"
OWN = {"variety": "count(DISTINCT department) / count(DISTINCT basket)", "dearest": "max(total)"}


def matrix() -> Iterator[Any]:
    """Each way of capping with each way of scaling; the rest takes turns."""
    for place, (cap, scale) in enumerate(product([*CAPS, "none"], SCALES)):
        source = SOURCES[place % 3]
        reject = "age > 60" if source == "customers" else "total > 3000 OR department = 'cups'"
        sections: dict[str, Any] = {
            "outliers": {"method": cap},
            "scale": {"method": scale},
            "features": {
                **shops.ALL_FEATURES,
                "transform": ("auto", "none")[place % 2],
                "components": (None, None, 2, None, 3)[place % 5],
            },
            "clean": {
                "reject": {"strange": reject} if place // 5 % 2 else {},
                "duplicates": ("reject", "keep")[place // 2 % 2],
                "returns": ("net", "reject")[place // 3 % 2],
                "missing": ("median", "mean", "zero", "reject")[place % 4],
            },
        }
        if source != "customers":
            sections |= {"as_of": AS_OF} if place // 4 % 2 else {}
            sections["features"] |= {"sql": OWN} if place // 3 % 2 else {}
        marks = () if place in QUICK else (pytest.mark.slow,)
        yield pytest.param(source, sections, id=f"{source}-{cap}-{scale}", marks=marks)


def rows(connection: duckdb.DuckDBPyConnection, relation: str) -> list[Any]:
    return connection.execute(ASKED.format(relation)).fetchall()


def close(found: list[Any], expected: list[Any]) -> bool:
    """Sums of DOUBLE differ in the last bits from run to run."""
    return [row[:3] for row in found] == [row[:3] for row in expected] and all(
        pytest.approx(one[3:], abs=1e-9) == other[3:]
        for one, other in zip(found, expected, strict=True)
    )


def held(connection: duckdb.DuckDBPyConnection, settings: Any, given: Any, model: Model) -> Any:
    """A full run on the sources as they are now, but for the model."""
    store, notes, chosen = DuckDB(connection), Notes(), parse(settings)
    found = read_sources(
        store, SchemaHints.of(chosen), given.get("orders"), given.get("customers"), notes
    )
    built = build_features(store, FeatureOptions.of(chosen), found, notes)
    assert built.catalogue == model.catalogue
    scaled = to_matrix(built.features, model)
    assigned = assign(scaled, model.columns, [s.centroid for s in model.segments])
    store.table("held", labelled(assigned, model))
    return rows(connection, "held")


@pytest.mark.parametrize(("source", "sections"), list(matrix()))
def test_live_equals_segments(source: str, sections: dict[str, Any]) -> None:
    with shops.opened() as connection:
        settings = shops.settings(source, **sections)
        made = segdb.run(**shops.sources(source), database=connection, settings=settings)
        published = rows(connection, "segdb.segments")
        assert len(published) > 100
        assert close(rows(connection, "segdb.segments_live"), published)
        # And so does the macro, asked about each customer.
        asked, equal, apart = of_every_customer(connection, made.model)
        assert asked == equal == len(published)
        assert apart < 1e-9


@pytest.mark.parametrize(
    ("source", "sections"),
    [
        pytest.param("orders", {}, marks=pytest.mark.slow),
        ("orders", {"as_of": "2024-08-02T00:00:00", "features": {"sql": OWN}}),
        pytest.param("customers", {}, marks=pytest.mark.slow),
        ("both", {"clean": {"missing": "reject", "returns": "reject"}}),
    ],
)
def test_appended_rows_show_as_in_a_run_with_the_model_held(
    source: str, sections: dict[str, Any]
) -> None:
    with shops.opened() as connection:
        settings, given = shops.settings(source, **sections), shops.sources(source)
        result = segdb.run(**given, database=connection, settings=settings)
        before = rows(connection, "segdb.segments_live")
        connection.execute("""
            INSERT INTO shop SELECT 'c' || (i % 40), 90000 + i, TIMESTAMP '2024-08-01'
                + to_hours(i::INTEGER), 5000, 'cups' FROM range(60) t(i);
            INSERT INTO people SELECT 'n' || i, 33, 80, 'gold' FROM range(9) t(i);
        """).fetchall()
        after = rows(connection, "segdb.segments_live")
        assert after != before
        assert close(after, held(connection, settings, given, result.model))


def test_lines_appended_to_a_file_show(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    lines = [
        f"k{i % 60},2024-{1 + i % 9:02d}-{1 + i % 27:02d},{(i % 17) * (1 + i % 60 % 7)}.50\n"
        for i in range(600)
    ]
    path.write_text("".join(["customer,date,amount\n", *lines]), "utf-8")
    settings = {"cluster": {"k": 3, "n_init": 1}}
    with duckdb.connect() as connection:
        result = segdb.run(path, database=connection, settings=settings)
        assert close(rows(connection, "segdb.segments_live"), rows(connection, "segdb.segments"))
        with path.open("a", encoding="utf-8") as file:
            file.writelines(f"new{i},2024-09-28,{90 + i}.25\n" for i in range(5))
        live = rows(connection, "segdb.segments_live")
        assert len(live) == 65
        assert close(live, held(connection, settings, {"orders": path}, result.model))


def test_the_local_time_of_the_far_east_is_no_future() -> None:
    moved = (
        "SELECT * REPLACE (CASE client WHEN 'c1' THEN later(13) WHEN 'c2' THEN later(15) "
        "ELSE bought_at END AS bought_at) FROM shop"
    )
    with shops.opened() as connection:
        connection.execute(
            "CREATE MACRO later(h) AS (now() AT TIME ZONE 'UTC' + h * INTERVAL 1 HOUR)"
        ).fetchall()
        segdb.run(moved, database=connection, settings=shops.settings("orders")).close()
        for relation in ("segdb.segments", "segdb.segments_live"):
            there = f"SELECT customer_id FROM {relation} WHERE customer_id IN ('c1', 'c2')"
            assert connection.sql(there).fetchall() == [("c1",)]
        reasons = "SELECT DISTINCT reason FROM segdb.rejected_rows WHERE row->>'client' = 'c2'"
        assert connection.sql(reasons).fetchall() == [("future date",)]
