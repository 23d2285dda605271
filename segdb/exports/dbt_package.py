"""dbt package: a run as a dbt package of plain SQL, which needs no segdb to be built."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from segdb import contract
from segdb.contract.types import ibis_type
from segdb.exports import dbt_project as project
from segdb.exports import dbt_tests as tests_of
from segdb.exports import marts
from segdb.exports.dbt_project import MARTS, PREFIX, SOURCE, TABLES, Package, file_name
from segdb.exports.dialects import Dialect
from segdb.exports.sources import reads_from
from segdb.exports.sql_export import Origin, read_by
from segdb.exports.transpile import to_dialect
from segdb.exports.yaml import plain, to_yaml
from segdb.expressions.ctes import WORDS, name_in


def files(package: Package) -> dict[str, str]:
    """Return the text of each file of the package by its path."""
    written = {
        "dbt_project.yml": project.project(package),
        "models/schema.yml": to_yaml(schema(package), package.heading),
        "models/exposures.yml": to_yaml(project.exposure(package), package.heading),
        **tests_of.files(package.heading),
    }
    external = [name for name, origin in package.origins.items() if _is_table(package, origin)]
    if external:
        written["models/sources.yml"] = to_yaml(project.sources(package, external), package.heading)
    if package.into.name == "duckdb":
        written["profiles.yml"] = project.profile(package)
    for name, sql in package.exported.stages.items():
        if name.removesuffix("_read") in external:
            text = _reading(name.removesuffix("_read"), sql, package)
        else:
            text = _model(sql, package.exported.reads.get(name, ()), package.into)
        folder = "marts" if name in MARTS else "stages"
        written[f"models/{folder}/{file_name(name)}.sql"] = _description(name, text)
    words = _description(marts.WORDS, plain(marts.words(package.profiles, package.into)))
    written[f"models/stages/{file_name(marts.WORDS)}.sql"] = words
    for name, table in _marts(package).items():
        sql = to_dialect(name, table, package.into)
        text = _description(name, _model(sql, read_by(table), package.into))
        written[f"models/marts/{name}.sql"] = text
    return written


def schema(package: Package) -> dict[str, Any]:
    """Return the content of schema.yml: sentences, types and tests, by the contract."""
    described = [
        {
            "name": file_name(name),
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
    said = package.sentences
    columns = [(c.name, ibis_type(c, key), said.get(c.name) or c.comment) for c in table.columns]
    if table.features:
        features = package.model.catalogue.names
        place = next(i for i, c in enumerate(table.columns) if c.name == "margin") + 1
        columns[place:place] = [(n, dt.float64, package.sentences[n]) for n in features]
    return {
        "name": table.name,
        "description": plain(table.comment),
        "config": {"contract": {"enforced": True}},
        "columns": [
            {
                "name": name,
                "description": plain(words),
                "data_type": marts.type_name(kind, package.into),
                "quote": True,
                **_key_of(table, name),
                **tests_of.column(table, name, package.model),
            }
            for name, kind, words in columns
        ],
    }


def _key_of(table: contract.Table, name: str) -> dict[str, Any]:
    """Return the constraint of a table's key; a view takes none."""
    if table.name not in TABLES or (name,) != table.key:
        return {}
    # An engine that lacks it, or does not hold it, is no reason to warn: the tests do.
    quiet = {"warn_unsupported": False, "warn_unenforced": False}
    kinds = ("not_null", "primary_key")
    return {"constraints": [{"type": kind, **quiet} for kind in kinds]}


def _marts(package: Package) -> dict[str, ir.Table]:
    features, segments = package.exported.features, package.exported.segments
    return {
        "segment_profiles": marts.segment_profiles(features, segments),
        "customer_segments": marts.customer_segments(features, segments, package.model),
    }


def _description(name: str, sql: str) -> str:
    words = _SAID.get(name, WORDS.get(name, name))
    return f"-- {words}\n{sql.rstrip().rstrip(';')}\n"


def _model(sql: str, reads: Sequence[str], into: Dialect) -> str:
    """Return a stage as a model: what it reads by ref, each under the stage's name."""
    if not reads:
        return plain(sql)
    names = {name: name_in(name, into.compiler) for name in reads}
    ctes = ",\n".join(_cte(names[n], f"ref('{file_name(n)}')") for n in reads)
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
