"""Start-up: what each command loads. A time would depend on the machine; names of modules do not.

What a command must not load is listed by the library; each takes from a twentieth of a second to a
second of the processor.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.steps import shops

_PROGRAM = """
import sys
from segdb.cli import main
try:
    main()
finally:
    print("LOADED", *sorted({name for name in sys.modules}), file=sys.stderr)
"""
LIBRARIES = {
    "altair", "duckdb", "ibis", "jinja2", "numpy", "psycopg", "pyarrow", "pydantic", "pyspark",
    "scipy", "sklearn", "sqlglot", "vl_convert",
}  # fmt: skip
SERVERS = {"psycopg", "pyspark"}
DRAWING = {"altair", "jinja2", "vl_convert"}


def loaded(folder: Path, *arguments: str) -> set[str]:
    """Return the modules that a command has loaded at its end."""
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.rpartition("LOADED ")[2].split())


def libraries(folder: Path, *arguments: str) -> set[str]:
    """Return which of the libraries a command has loaded at its end."""
    return {name.split(".")[0] for name in loaded(folder, *arguments)} & LIBRARIES


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with orders and, published by a run, ``warehouse/warehouse.duckdb``."""
    folder = tmp_path_factory.mktemp("start_up")
    with shops.opened() as connection:
        connection.execute(f"COPY shop TO '{folder / 'shop.parquet'}'").fetchall()
    (folder / "chosen.toml").write_text(shops.TOML, "utf-8")
    run = libraries(folder, "run", "shop.parquet", "--config", "chosen.toml", "--no-report")
    assert not run & (SERVERS | DRAWING)
    return folder


def test_help_loads_no_library(tmp_path: Path) -> None:
    assert libraries(tmp_path, "--help") == set()


@pytest.mark.parametrize("command", ["run", "query", "refresh"])
def test_help_of_a_command_loads_no_library(tmp_path: Path, command: str) -> None:
    assert libraries(tmp_path, command, "--help") == set()


@pytest.mark.parametrize(
    "question",
    ["segment_value", "SELECT count(*) FROM segments", "SELECT max(margin) FROM segments_live"],
)
def test_a_query_loads_the_database_and_no_more(shop: Path, question: str) -> None:
    assert libraries(shop, "query", question) == {"duckdb", "numpy", "pyarrow"}


def test_a_run_loads_of_the_package_what_it_does(shop: Path) -> None:
    modules = loaded(shop, "run", "shop.parquet", "--config", "chosen.toml", "--no-report")
    unused = {"segdb.cluster.compare", "segdb.exports.dbt_package", "segdb.report.page"}
    unused |= {"segdb.charts", "segdb.engines.postgres.database", "segdb.engines.spark.database"}
    assert not modules & unused
    assert not {name for name in modules if name.startswith("sklearn.mixture")}


def test_a_refresh_learns_nothing_and_loads_nothing_that_does(shop: Path) -> None:
    found = libraries(shop, "refresh", "--no-report")
    assert not found & (SERVERS | DRAWING | {"sklearn"})
