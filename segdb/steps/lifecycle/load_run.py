"""Load run: a published run, rebuilt from its row of ``runs``: settings, recipe, model."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from segdb import contract
from segdb.config.sections import Personas, Publish, Report
from segdb.config.settings import Settings, parse
from segdb.engines.protocol import Database
from segdb.engines.publishing.integrity import refuse_views, require
from segdb.engines.publishing.signature import proven
from segdb.engines.raw_source import Raw
from segdb.engines.reader import require_segments
from segdb.errors import SegdbError, SettingsError, SourceError, UserError, command
from segdb.expressions.scoring_chain import Recipe
from segdb.model import Model
from segdb.source_schema import Reading
from segdb.sql_text import quoted
from segdb.steps.ingest.resolve_columns import Sources, recipe_of

SOURCES = ("orders", "customers")
# Of a stored [report], what a database may decide.
_SHOWN = {"title", "currency", "examples"}


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
        proven: whether this user's segdb wrote all that; a file from elsewhere may say anything.
        playbook: the playbook that named its segments, as TOML text; None for segdb's own.
    """

    run_id: int
    latest: bool
    learned_by: int
    settings: Settings
    model: Model
    recipe: Recipe
    sources: Mapping[str, Raw]
    proven: bool = False
    playbook: str | None = None


def inferred_of(sources: Sources, playbook: str | None = None) -> dict[str, Any]:
    """Return, JSON-ready, how the sources were read, for the settings that ``runs`` keeps.

    Args:
        sources: what was read.
        playbook: what named the segments, as TOML text; None for segdb's own.
    """
    by_source = {"orders": sources.orders, "customers": sources.customers}
    named = {} if playbook is None else {"playbook": {"text": playbook}}
    return named | {
        name: {
            **source[1].to_dict(),
            "types": {c: str(kind) for c, kind in source[0].table.schema().items()},
            "definition": source[0].definition,
            "options": dict(source[0].options),
        }
        for name, source in by_source.items()
        if source
    }


def stored_run(store: Database, schema: str, run_id: int | None = None) -> StoredRun:
    """Return a run of the database.

    Args:
        store: the open database.
        schema: where the segments are.
        run_id: which run; None for the last one.

    Raises:
        UserError: nothing is published there, or there is no such run.
        SourceError: the tables that tell of it were changed by something else.
        SettingsError: the run was made by another version of segdb, or its row is damaged.
    """
    require_segments(store, schema)
    refuse_views(store, schema)
    require(store, schema, contract.RUNS, "run_id", "settings", "model")
    require(store, schema, contract.SEGMENTS, "customer_id")
    runs = f"{quoted(schema)}.runs"
    sql = f"SELECT run_id FROM {runs} WHERE run_id IS NOT NULL ORDER BY run_id"  # noqa: S608
    ids = [row["run_id"] for row in store.rows(sql)]
    if not ids:
        raise UserError(f"{runs} lists no run. {command('run')} publishes one.")
    wanted = ids[-1] if run_id is None else run_id
    if wanted not in ids:
        raise UserError(
            f"There is no run {wanted}. There is: {', '.join(map(str, ids[-20:]))}; "
            f"{command('runs')} lists them."
        )
    listed = store.stored(schema, contract.RUNS.name)
    row = store.rows(listed.filter(listed.run_id == wanted))[0]
    key = store.schema(f"{quoted(schema)}.segments")["customer_id"]
    try:
        run = _rebuilt(row, schema, key)
    except SegdbError:
        raise
    except Exception as error:
        # Of a text that segdb did not write, or not so, anything may come.
        raise SettingsError(
            f"What the database stored of run {wanted} is damaged ({type(error).__name__}: "
            f"{str(error)[:200]}). {command('run')} learns anew and publishes all tables."
        ) from error
    return replace(run, latest=wanted == ids[-1], proven=proven(store, schema, wanted))


def _rebuilt(row: Mapping[str, Any], schema: str, key: dt.DataType) -> StoredRun:
    run_id = int(row["run_id"])
    values = json.loads(row["settings"])
    inferred = values.pop("inferred")
    settings = without_places(parse(values, f"the settings of run {run_id}"), schema)
    model = Model.from_json(row["model"])
    width = len(model.columns)
    if not model.segments or any(
        len(segment.centroid) != width or not all(map(math.isfinite, segment.centroid))
        for segment in model.segments
    ):
        raise ValueError("its centroids are not of its features")
    readings = {name: Reading.from_dict(inferred[name]) for name in SOURCES if name in inferred}
    sources = {
        name: Raw(
            ibis.table(_types(inferred[name], reading, key), name=f"{name}_read"),
            f"the {name} of run {run_id}",
            inferred[name].get("definition"),
            options=inferred[name].get("options", {}),
        )
        for name, reading in readings.items()
    }
    recipe = _recipe(settings, sources, readings, model)
    # Runs of before there was `segdb refresh` have learned their models themselves.
    learned_by = int(row.get("learned_by") or run_id)
    return StoredRun(
        run_id=run_id,
        latest=False,
        learned_by=learned_by,
        settings=settings,
        model=model,
        recipe=recipe,
        sources=sources,
        playbook=inferred.get("playbook", {}).get("text"),
    )


def check_features(features: ir.Table, model: Model) -> None:
    """Refuse stored features that lack one of a model's.

    Raises:
        SourceError: a column is gone, or no number any more.
    """
    kinds = features.schema()
    for name in model.catalogue.names:
        if name not in kinds or not kinds[name].is_numeric():
            raise SourceError(
                f"{features.get_name()} has no column {name} as segdb writes it: the database was "
                f"changed by something else. {command('run')} publishes all tables anew."
            )


def without_places(settings: Settings, schema: str) -> Settings:
    """Return stored settings without what names a place of this machine, but for the sources.

    The file may have come from elsewhere, and must not decide what is written or read where.
    """
    return settings.model_copy(
        update={
            "report": settings.report.model_copy(update={"path": Report().path}),
            "engine": settings.engine.model_copy(update={"temp_directory": None, "url": None}),
            "personas": Personas(),
            "publish": settings.publish.model_copy(
                update={"schema_": schema, "database": Publish().database}
            ),
        }
    )


def shown_as(text: str | None) -> Mapping[str, Any]:
    """Return title, currency and examples of the report of a run, from its stored settings.

    Raises:
        SettingsError: the text is none that segdb stores.
    """
    try:
        values = json.loads(text or "")["report"]
        kept = {name: value for name, value in values.items() if name in _SHOWN}
        return parse({"report": kept}).report.model_dump(include=set(kept))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, SettingsError):
        raise SettingsError(
            "The settings that the database stored of its last run are damaged. Say in segdb.toml "
            "how the report looks ([report] title and currency), or publish anew: "
            f"{command('run')}."
        ) from None


def _recipe(
    settings: Settings, sources: Mapping[str, Raw], readings: Mapping[str, Reading], model: Model
) -> Recipe:
    pairs = {name: (sources[name], reading) for name, reading in readings.items()}
    recipe = recipe_of(
        settings.clean, settings.as_of, Sources(pairs.get("orders"), pairs.get("customers"))
    )
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
    by_source = {}
    for column in reading.columns:
        name = types.get(column.name, "unknown")
        if name != "unknown":
            by_source[column.name] = ibis.dtype(name)
        elif column.kind != "native":
            by_source[column.name] = dt.string
        elif roles.get(column.name) == "customer_id":
            by_source[column.name] = key
        else:
            by_source[column.name] = dt.unknown
    return by_source
