"""dbt project: what a dbt package is made of, and the files around its models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from segdb.exports.dialects import Dialect
from segdb.exports.sql_export import Exported, Origin
from segdb.exports.yaml import plain, to_yaml
from segdb.model import Model

NAME = "segdb_segments"
PREFIX = "segdb_"
SOURCE = "segdb_source"
# What the rest of a project reads; their names have no prefix.
MARTS = ("segments", "segment_profiles", "customer_segments")
# One GROUP BY over all orders, and one over all customers, are done once.
TABLES = ("orders_by_customer", *MARTS[:2])


@dataclass(frozen=True)
class Package:
    """What a package is made of.

    Attributes:
        run_id: the run.
        model: what it learned.
        exported: its stages.
        origins: its sources by name.
        profiles: its rows of ``segment_profiles``.
        sentences: of each feature.
        report: where its report is.
        title: of the report.
        into: the dialect.
    """

    run_id: int
    model: Model
    exported: Exported
    origins: Mapping[str, Origin]
    profiles: Sequence[Mapping[str, Any]]
    sentences: Mapping[str, str]
    report: str
    title: str
    into: Dialect

    @property
    def heading(self) -> str:
        """The comment above each file."""
        return f"Made by segdb of run {self.run_id}: run `segdb compile --dbt` again, do not edit."


def file_name(name: str) -> str:
    """Return the name of the model of a stage or mart."""
    return name if name in MARTS else f"{PREFIX}{name}"


def project(package: Package) -> str:
    """Return dbt_project.yml."""
    values = {
        "name": NAME,
        "version": f"{package.run_id}.0.0",
        "config-version": 2,
        # Since then the arguments of a test have a key of their own.
        "require-dbt-version": ">=1.10.5",
        "profile": "segdb",
        "model-paths": ["models"],
        "test-paths": ["tests"],
        "flags": {"send_anonymous_usage_stats": False},
        # Here and not in the models, so that a project may choose otherwise.
        "models": {NAME: {"+materialized": "view", **_tables(package)}},
    }
    return to_yaml(values, package.heading)


def _tables(package: Package) -> dict[str, Any]:
    there = [name for name in TABLES if name in package.exported.stages or name in MARTS]
    table = {"+materialized": "table"}
    stages = {file_name(name): table for name in there if name not in MARTS}
    described = {"+persist_docs": {"relation": True, "columns": True}}
    marts = {**described, **{name: table for name in there if name in MARTS}}
    return {"stages": stages, "marts": marts} if stages else {"marts": marts}


def profile(package: Package) -> str:
    """Return profiles.yml, for DuckDB."""
    path = "{{ env_var('SEGDB_DBT_DATABASE', 'segdb_segments.duckdb') }}"
    output = {"type": "duckdb", "path": path, "schema": "main", "threads": 1}
    heading = f"{package.heading}\nFor building the package by itself; a project has its own."
    return to_yaml({"segdb": {"target": "dev", "outputs": {"dev": output}}}, heading)


def sources(package: Package, names: Sequence[str]) -> dict[str, Any]:
    """Return the content of sources.yml."""
    tables = []
    for name in names:
        origin = package.origins[name]
        table = (origin.table or name).split(".")[-1]
        tables.append(
            {
                "name": name,
                "description": f"The {name} to segment; name another table by the variable "
                f"{PREFIX}{name}, or a model of your project by {PREFIX}{name}_model.",
                "identifier": f"{{{{ var('{PREFIX}{name}', '{table}') }}}}",
                "columns": [{"name": column} for column in origin.raw.columns],
            }
        )
    place = {"database": "target.database", "schema": "target.schema"}
    written = [o.table for o in package.origins.values() if o.table and "." in o.table]
    if written:
        *database, schema, _ = written[0].split(".")
        place["schema"] = f"'{schema}'"
        if database:
            place["database"] = f"'{database[-1]}'"
    source = {"name": SOURCE, "description": "What the segments are made of."}
    source |= {key: f"{{{{ var('{PREFIX}{key}', {place[key]}) }}}}" for key in place}
    return {"version": 2, "sources": [{**source, "tables": tables}]}


def exposure(package: Package) -> dict[str, Any]:
    """Return the content of exposures.yml."""
    return {
        "version": 2,
        "exposures": [
            {
                "name": "segdb_report",
                "label": plain(package.title),
                "type": "dashboard",
                "maturity": "high",
                "description": plain(
                    f"The report of run {package.run_id}, one HTML file: {package.report}"
                ),
                "depends_on": [f"ref('{name}')" for name in MARTS],
                "owner": {"name": "segdb"},
            }
        ],
    }
