"""Stored: a published run, rebuilt from its row of ``runs``: how it read, cleaned, and learned."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import ibis
import ibis.expr.datatypes as dt

from segdb.compile import quoted
from segdb.errors import UserError
from segdb.model import Model
from segdb.reading import Reading
from segdb.settings import Settings, parse
from segdb.stages.chain import Recipe
from segdb.steps.choose import Sources, recipe_of
from segdb.store.duckdb import DuckDB
from segdb.store.readers import Raw

SOURCES = ("orders", "customers")


@dataclass(frozen=True)
class StoredRun:
    """What is needed to do again what a run did, on other rows or in another engine.

    Attributes:
        run_id: its number.
        latest: whether it is the last run, the one whose tables are published.
        learned_by: the run that learned its model; of a refresh an earlier one.
        settings: the settings it was made with.
        model: what it learned.
        recipe: how it read and cleaned.
        sources: its sources by name, as unbound tables of their raw columns; a type that was
            not kept is ``unknown``. Nothing is read.
    """

    run_id: int
    latest: bool
    learned_by: int
    settings: Settings
    model: Model
    recipe: Recipe
    sources: Mapping[str, Raw]


def inferred_of(sources: Sources) -> dict[str, Any]:
    """Return, JSON-ready, how the sources were read, for the settings that ``runs`` keeps."""
    found = {"orders": sources.orders, "customers": sources.customers}
    return {
        name: {
            **source[1].to_dict(),
            "types": {c: str(kind) for c, kind in source[0].table.schema().items()},
            "definition": source[0].definition,
            "options": dict(source[0].options),
        }
        for name, source in found.items()
        if source
    }


def stored_run(store: DuckDB, schema: str, run_id: int | None = None) -> StoredRun:
    """Return a run of the database.

    Args:
        store: the open database.
        schema: where the segments are.
        run_id: which run; None for the last one.

    Raises:
        UserError: nothing is published there, or there is no such run.
        SettingsError: the run was made by another version of segdb.
    """
    if not store.holds(schema, "runs"):
        raise UserError(
            f"The database holds no segments in the schema '{schema}'. `segdb run` publishes them."
        )
    runs = f"{quoted(schema)}.runs"
    ids = [row["run_id"] for row in store.rows(f"SELECT run_id FROM {runs} ORDER BY run_id")]  # noqa: S608
    wanted = ids[-1] if run_id is None else run_id
    if wanted not in ids:
        raise UserError(
            f"There is no run {wanted}. There is: {', '.join(map(str, ids[-20:]))}; `segdb runs` "
            "lists them."
        )
    row = store.rows(f"FROM {runs} WHERE run_id = {int(wanted)}")[0]
    values = json.loads(row["settings"])
    inferred = values.pop("inferred")
    settings = parse(values, f"the settings of run {wanted}")
    model = Model.from_json(row["model"])
    key = store.schema(f"{quoted(schema)}.segments")["customer_id"]
    readings = {name: Reading.from_dict(inferred[name]) for name in SOURCES if name in inferred}
    sources = {
        name: Raw(
            ibis.table(_types(inferred[name], reading, key), name=f"{name}_read"),
            f"the {name} of run {wanted}",
            inferred[name].get("definition"),
            options=inferred[name].get("options", {}),
        )
        for name, reading in readings.items()
    }
    recipe = _recipe(settings, sources, readings, model)
    # Runs of before there was `segdb refresh` have learned their models themselves.
    learned_by = int(row.get("learned_by") or wanted)
    return StoredRun(int(wanted), wanted == ids[-1], learned_by, settings, model, recipe, sources)


def _recipe(
    settings: Settings, sources: Mapping[str, Raw], readings: Mapping[str, Reading], model: Model
) -> Recipe:
    pairs = {name: (sources[name], reading) for name, reading in readings.items()}
    recipe = recipe_of(settings, Sources(pairs.get("orders"), pairs.get("customers")))
    recipe = replace(recipe, within=model.within)
    if settings.clean.missing != "reject":
        return recipe
    describes = settings.features.describe
    needed = tuple(name for name in model.catalogue.names if name not in describes)
    return replace(recipe, complete=needed)


def _types(kept: Mapping[str, Any], reading: Reading, key: dt.DataType) -> dict[str, dt.DataType]:
    """Return the type of each raw column: as it was kept, else as its role makes it."""
    types: Mapping[str, str] = kept.get("types", {})
    roles = {column: role for role, column in reading.roles.items()}
    found = {}
    for column in reading.columns:
        name = types.get(column.name, "unknown")
        if name != "unknown":
            found[column.name] = ibis.dtype(name)
        elif column.kind != "native":
            found[column.name] = dt.string
        elif roles.get(column.name) == "customer_id":
            found[column.name] = key
        else:
            found[column.name] = dt.unknown
    return found
