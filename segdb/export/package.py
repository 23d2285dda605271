"""Package: a run as a dbt package of plain SQL, which needs no segdb to be built."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir

from segdb import contract
from segdb.export import marts, tests_of
from segdb.export.dialects import Dialect
from segdb.export.portable import to_dialect
from segdb.export.script import Exported, Origin, read_by
from segdb.export.sources import reads_from
from segdb.export.yaml import plain, to_yaml
from segdb.model import Model
from segdb.stages.ctes import WORDS, name_in

NAME = "segdb_segments"
PREFIX = "segdb_"
SOURCE = "segdb_source"
# What the rest of a project reads; their names have no prefix.
MARTS = ("segments", "segment_profiles", "customer_segments")
# One GROUP BY over all orders, and one over all customers, are done once.
_TABLES = ("orders_by_customer", *MARTS[:2])


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


def files(package: Package) -> dict[str, str]:
    """Return the text of each file of the package by its path."""
    written = {
        "dbt_project.yml": _project(package),
        "models/schema.yml": to_yaml(schema(package), package.heading),
        "models/exposures.yml": to_yaml(_exposure(package), package.heading),
        **tests_of.files(package.heading),
    }
    external = [name for name, origin in package.origins.items() if _is_table(package, origin)]
    if external:
        written["models/sources.yml"] = to_yaml(_sources(package, external), package.heading)
    if package.into.name == "duckdb":
        written["profiles.yml"] = _profile(package)
    for name, sql in package.exported.stages.items():
        if name.removesuffix("_read") in external:
            text = _reading(name.removesuffix("_read"), sql, package)
        else:
            text = _model(sql, package.exported.reads.get(name, ()), package.into)
        folder = "marts" if name in MARTS else "stages"
        written[f"models/{folder}/{_file(name)}.sql"] = _told(name, text)
    words = _told(marts.WORDS, plain(marts.words(package.profiles, package.into)))
    written[f"models/stages/{_file(marts.WORDS)}.sql"] = words
    for name, table in _marts(package).items():
        sql = to_dialect(name, table, package.into)
        text = _told(name, _model(sql, read_by(table), package.into))
        written[f"models/marts/{name}.sql"] = text
    return written


def schema(package: Package) -> dict[str, Any]:
    """Return the content of schema.yml: sentences, types and tests, by the contract."""
    described = [
        {
            "name": _file(name),
            "description": WORDS.get(name, _SAID.get(name, name)).capitalize() + ".",
        }
        for name in (*package.exported.stages, marts.WORDS)
        if name not in MARTS
    ]
    tables = (contract.SEGMENTS, contract.SEGMENT_PROFILES, contract.CUSTOMER_SEGMENTS)
    return {"version": 2, "models": [*(_contracted(package, t) for t in tables), *described]}


_SAID = {
    marts.WORDS: "what the run found of each segment, as constants",
    "segment_profiles": "the segments, counted anew",
    "customer_segments": "segment, features and profile of each customer",
}


def _contracted(package: Package, table: contract.Table) -> dict[str, Any]:
    key = package.exported.segments["customer_id"]
    columns = [(c.name, marts.column_type(c, key), _sentence(c)) for c in table.columns]
    if table.features:
        features = package.model.catalogue.names
        place = next(i for i, c in enumerate(table.columns) if c.name == "margin") + 1
        columns[place:place] = [(n, marts.DOUBLE, package.sentences[n]) for n in features]
    return {
        "name": table.name,
        "description": plain(f"One row a {table.row}. {table.sentence}"),
        "config": {"contract": {"enforced": True}},
        "columns": [
            {
                "name": name,
                "description": plain(words),
                "data_type": marts.type_name(kind, package.into),
                "quote": True,
                **tests_of.column(table, name, package.model),
            }
            for name, kind, words in columns
        ],
    }


def _sentence(column: contract.Column) -> str:
    return f"{column.sentence} Unit: {column.unit}." if column.unit else column.sentence


def _marts(package: Package) -> dict[str, ir.Table]:
    features, segments = package.exported.features, package.exported.segments
    return {
        "segment_profiles": marts.segment_profiles(features, segments),
        "customer_segments": marts.customer_segments(features, segments, package.model),
    }


def _file(name: str) -> str:
    return name if name in MARTS else f"{PREFIX}{name}"


def _told(name: str, sql: str) -> str:
    kind = "table" if name in _TABLES else "view"
    words = _SAID.get(name, WORDS.get(name, name))
    return f"{{{{ config(materialized='{kind}') }}}}\n-- {words}\n{sql.rstrip().rstrip(';')}\n"


def _model(sql: str, reads: Sequence[str], into: Dialect) -> str:
    """Return a stage as a model: what it reads by ref, each under the stage's name."""
    if not reads:
        return plain(sql)
    names = {name: name_in(name, into.compiler) for name in reads}
    ctes = ",\n".join(_cte(names[n], f"ref('{_file(n)}')") for n in reads)
    return f"WITH {ctes}\nSELECT * FROM (\n{plain(sql)}\n) AS stage"


def _is_table(package: Package, origin: Origin) -> bool:
    duckdb = package.into.name == "duckdb"
    return not (duckdb and origin.table is None and origin.definition is not None)


def _reading(name: str, sql: str, package: Package) -> str:
    """Return the model that reads a source, or the model of the project that stands for it."""
    instead = f"var('{PREFIX}{name}_model', none)"
    place = f"ref({instead}) if {instead} else source('{SOURCE}', '{name}')"
    table = name_in(f"{name}_table", package.into.compiler)
    from_it = plain(reads_from(sql, table, package.into))
    return f"WITH {_cte(table, place)}\n{from_it}"


def _cte(name: str, place: str) -> str:
    return f"{name} AS (SELECT * FROM {{{{ {place} }}}})"  # noqa: S608


def _project(package: Package) -> str:
    values = {
        "name": NAME,
        "version": f"{package.run_id}.0.0",
        "config-version": 2,
        "require-dbt-version": ">=1.10.0",
        "profile": "segdb",
        "model-paths": ["models"],
        "test-paths": ["tests"],
        "flags": {"send_anonymous_usage_stats": False},
    }
    return to_yaml(values, package.heading)


def _profile(package: Package) -> str:
    path = "{{ env_var('SEGDB_DBT_DATABASE', 'segdb_segments.duckdb') }}"
    output = {"type": "duckdb", "path": path, "schema": "main", "threads": 1}
    heading = f"{package.heading}\nFor building the package by itself; a project has its own."
    return to_yaml({"segdb": {"target": "dev", "outputs": {"dev": output}}}, heading)


def _sources(package: Package, names: Sequence[str]) -> dict[str, Any]:
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
        place["schema"] = f"'{written[0].split('.')[-2]}'"
    source = {"name": SOURCE, "description": "What the segments are made of."}
    source |= {key: f"{{{{ var('{PREFIX}{key}', {place[key]}) }}}}" for key in place}
    return {"version": 2, "sources": [{**source, "tables": tables}]}


def _exposure(package: Package) -> dict[str, Any]:
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
