"""The dbt package of another engine than DuckDB, built there by the real dbt."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import segdb
from segdb.engines.duckdb.database import DuckDB
from segdb.exports.yaml import to_yaml
from segdb.steps.use.export_sql import ExportTarget, write_dbt
from tests.exports.engines import labels, load_postgres
from tests.steps import shops
from tests.warehouse.shop import dbt

LABELS = "SELECT customer_id, segment_id, segment FROM {}.segments"


def test_it_builds_in_postgres(postgres: Any, tmp_path: Path) -> None:
    package, given = tmp_path / "package", shops.sources("both")
    info = postgres.info
    place = {"host": info.host, "port": info.port, "user": "segdb", "password": ""}
    target = {"type": "postgres", "dbname": "postgres", "schema": "marts", "threads": 1, **place}
    settings = shops.settings("both", features=shops.ALL_FEATURES)
    with shops.opened() as connection:
        segdb.run(**given, database=connection, settings=settings)
        tables: dict[str, Any] = {role: f"public.{name}" for role, name in given.items()}
        write_dbt(DuckDB(connection), "segdb", package, ExportTarget(None, "postgres", **tables))
        assert not (package / "profiles.yml").exists()
        profile = {"segdb": {"target": "dev", "outputs": {"dev": target}}}
        (package / "profiles.yml").write_text(to_yaml(profile), "utf-8")
        for name in given.values():
            load_postgres(postgres, name, connection.sql(f"FROM {name}").to_arrow_table())
        published = labels(connection.execute(LABELS.format("segdb")).fetchall())
    done = dbt(package, "build")
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    assert labels(postgres.execute(LABELS.format("marts")).fetchall()) == published
    keys = "SELECT conrelid::regclass::text FROM pg_constraint WHERE contype = 'p'"
    found = {name for (name,) in postgres.execute(keys).fetchall()}
    assert {"marts.segments", "marts.segment_profiles"} <= found
    told = "SELECT obj_description('marts.customer_segments'::regclass)"
    assert "Key: customer_id." in postgres.execute(told).fetchone()[0]
    results = json.loads((package / "target" / "run_results.json").read_text("utf-8"))["results"]
    assert len([r for r in results if r["unique_id"].startswith("test.")]) > 20
    postgres.execute("DROP SCHEMA marts CASCADE")
