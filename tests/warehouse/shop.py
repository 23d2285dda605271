"""The project of warehouse/: a copy of it, its segments, and the real dbt."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import segdb
from segdb.engines.duckdb.database import DuckDB
from segdb.steps.use.export_sql import ExportTarget, write_dbt

ROOT = Path(__file__).resolve().parent.parent.parent
# Where `make dbt` puts it.
DBT = ROOT / ".venv-dbt" / "bin" / "dbt"
WAREHOUSE = ROOT / "warehouse"
PACKAGE = Path("packages") / "segments"
ORDERS = "shop_orders"


def copy_of_project(folder: Path) -> Path:
    """Copy the project without what dbt has made in it."""
    made = ("target", "logs", "dbt_packages", "*.duckdb*", "package-lock.yml", "__pycache__")
    project = folder / "warehouse"
    shutil.copytree(WAREHOUSE, project, ignore=shutil.ignore_patterns(*made))
    return project


def publish(project: Path) -> Path:
    """Segment the shop's orders, as `segdb run` does."""
    database = project / "warehouse.duckdb"
    settings = {"cluster": {"k": 4}}
    segdb.run(project / "seeds" / f"{ORDERS}.csv", database=database, settings=settings).close()
    return database


def compile_package(database: Path, folder: Path) -> None:
    """Write the compiled package, as `segdb compile --dbt` does."""
    store = DuckDB.open(database)
    try:
        write_dbt(store, "segdb", folder, ExportTarget(orders=ORDERS))
    finally:
        store.close()


def dbt(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the real dbt in a project, without the network."""
    found = DBT if DBT.exists() else shutil.which("dbt", path=Path(sys.executable).parent)
    if found is None:
        pytest.skip("dbt is not installed: make dbt")
    command = [str(found), "--no-use-colors", "--warn-error"]
    environment = {
        **os.environ,
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DBT_PROFILES_DIR": str(project),
        "SEGDB_DBT_DATABASE": str(project.parent / "shop.duckdb"),
        "SHOP_DATABASE": str(project / "shop.duckdb"),
        "SEGDB_DATABASE": str(project / "warehouse.duckdb"),
    }
    return subprocess.run(
        [*command, *arguments],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
