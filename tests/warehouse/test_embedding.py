"""The three ways of having segments in dbt, each built by the real dbt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

import segdb
from segdb.engines.duckdb.database import DuckDB
from segdb.steps.use.export_sql import ExportTarget, write_dbt
from tests.steps import shops
from tests.warehouse.shop import PACKAGE, compile_package, copy_of_project, dbt, publish

LABELS = "SELECT customer_id, segment_id, segment FROM {} ORDER BY customer_id"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with its packages in place and the shop's segments published."""
    folder = copy_of_project(tmp_path_factory.mktemp("shop"))
    publish(folder)
    compile_package(folder / "warehouse.duckdb", folder / PACKAGE)
    succeeded(folder, "deps")
    return folder


def succeeded(project: Path, *arguments: str) -> str:
    done = dbt(project, *arguments)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    return done.stdout


def rows(path: Path, sql: str) -> list[Any]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_the_compiled_package_gives_the_published_labels(project: Path) -> None:
    told = succeeded(project, "build", "--target", "compiled")
    assert "WARN=0" in told
    assert "Deprecat" not in told
    built = rows(project / "shop.duckdb", LABELS.format("main.segments"))
    assert built == rows(project / "warehouse.duckdb", LABELS.format("segdb.segments"))
    assert len(built) > 20
    keys = "SELECT table_name FROM duckdb_constraints() WHERE constraint_type = 'PRIMARY KEY'"
    assert rows(project / "shop.duckdb", f"{keys} ORDER BY 1") == [
        ("segment_profiles",),
        ("segments",),
    ]
    told = "SELECT count(*), count(comment) FROM duckdb_columns() WHERE table_name = '{}'"
    for name in ("segments", "customer_segments"):
        [(columns, comments)] = rows(project / "shop.duckdb", told.format(name))
        assert columns == comments > 5
    wide = "SELECT segment_id, count(*), round(sum(monetary), 6) FROM {} GROUP BY ALL ORDER BY ALL"
    published = rows(project / "warehouse.duckdb", wide.format("segdb.customer_segments"))
    assert rows(project / "shop.duckdb", wide.format("main.customer_segments")) == published


def test_published_tables_are_sources_read_only(project: Path) -> None:
    succeeded(project, "build", "--target", "attached", "--select", "attached")
    built = rows(project / "shop.duckdb", "SELECT sum(customers) FROM main.value_by_action")
    assert built == rows(project / "warehouse.duckdb", "SELECT count(*) FROM segdb.segments")


@pytest.mark.slow
def test_a_python_model_of_one_line(project: Path) -> None:
    succeeded(project, "build", "--target", "python", "--select", "+segments_today")
    built = rows(project / "shop.duckdb", "SELECT count(DISTINCT segment) FROM main.segments_today")
    assert built == [(4,)]


@pytest.mark.slow
def test_a_new_order_moves_its_customer_at_the_next_build(tmp_path: Path) -> None:
    elsewhere = copy_of_project(tmp_path)
    publish(elsewhere)
    compile_package(elsewhere / "warehouse.duckdb", elsewhere / PACKAGE)
    seed = elsewhere / "seeds" / "shop_orders.csv"
    asleep = "SELECT customer_id FROM segdb.customer_segments ORDER BY recency_days DESC LIMIT 1"
    (customer,) = rows(elsewhere / "warehouse.duckdb", asleep)[0]
    last = seed.read_text("utf-8").splitlines()[-1].split(",")
    more = "".join(f"{9_000_000 + i},{customer},{last[2]},900.00,Sale\n" for i in range(40))
    seed.write_text(seed.read_text("utf-8") + more, "utf-8")
    succeeded(elsewhere, "deps")
    succeeded(elsewhere, "build")
    mine = f"SELECT segment_id FROM {{}}.segments WHERE customer_id = {customer}"
    before = rows(elsewhere / "warehouse.duckdb", mine.format("segdb"))
    assert rows(elsewhere / "shop.duckdb", mine.format("main")) != before


@pytest.mark.parametrize("source", ["customers", pytest.param("both", marks=pytest.mark.slow)])
def test_a_package_by_itself_on_tables_of_the_target(source: str, tmp_path: Path) -> None:
    path, given = tmp_path / "shop.duckdb", shops.sources(source)
    settings = shops.settings(source, features=shops.ALL_FEATURES)
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"{shops.SHOP.format(rows=1200)}; {shops.PEOPLE}").fetchall()
        segdb.run(**given, database=connection, settings=settings)
        write_dbt(DuckDB(connection), "segdb", tmp_path / "package", ExportTarget(**given))
    succeeded(tmp_path / "package", "build")
    assert rows(path, LABELS.format("main.segments")) == rows(path, LABELS.format("segdb.segments"))


@pytest.mark.parametrize(
    ("drift", "found"),
    [
        pytest.param('data_type: "DOUBLE"', "data type mismatch", marks=pytest.mark.slow),
        ('- name: "run_id"', "missing in"),
    ],
)
def test_a_drifted_contract_fails(project: Path, tmp_path: Path, drift: str, found: str) -> None:
    elsewhere = copy_of_project(tmp_path)
    compile_package(project / "warehouse.duckdb", elsewhere / PACKAGE)
    path = elsewhere / PACKAGE / "models" / "schema.yml"
    text = path.read_text("utf-8")
    instead = {'data_type: "DOUBLE"': 'data_type: "VARCHAR"'}.get(drift, '- name: "run"')
    assert drift in text
    path.write_text(text.replace(drift, instead, 1), "utf-8")
    succeeded(elsewhere, "deps")
    done = dbt(elsewhere, "build", "--select", "+segments")
    assert done.returncode == 1
    assert "enforced contract that failed" in done.stdout
    assert found in done.stdout
