"""SQL export: a stored run as the SQL of its stages, in the order of the flow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.types as ir

from segdb.contract import VALUE_NODES
from segdb.contract.types import ibis_type
from segdb.errors import SettingsError, nearest
from segdb.exports.dialects import Dialect
from segdb.exports.sources import reads_from, typed_table
from segdb.exports.transpile import to_dialect
from segdb.expressions.ctes import with_ctes
from segdb.expressions.scoring_chain import Recipe, chain, value_chain
from segdb.model import Model
from segdb.source_schema import Reading


@dataclass(frozen=True)
class Origin:
    """Where the rows of a source come from in exported SQL.

    Attributes:
        raw: unbound table of the source's columns, as segdb read them.
        definition: a SELECT of DuckDB that reads the source again, as text; None without.
        table: a table that the user names in its place; None for the definition.
    """

    raw: ir.Table
    definition: str | None
    table: str | None


@dataclass(frozen=True)
class Exported:
    """A run as SQL.

    Attributes:
        stages: one SELECT a stage by name, each reading those before it by their names.
        reads: the names that each stage reads.
        features: the columns of the stage of that name.
        segments: the columns of the last stage.
    """

    stages: Mapping[str, str]
    reads: Mapping[str, tuple[str, ...]]
    features: ibis.Schema
    segments: ibis.Schema


def export(
    run_id: int, recipe: Recipe, model: Model, origins: Mapping[str, Origin], into: Dialect
) -> Exported:
    """Return the SQL of every stage, with what was learned as constants.

    Args:
        run_id: the run, for the last stage.
        recipe: how it read and cleaned.
        model: what it learned.
        origins: its sources by name.
        into: the dialect.

    Raises:
        SettingsError: the dialect cannot express a stage, or a table's name is none.
    """
    sources = _read(recipe, origins, into)
    stages = chain(sources.raw, replace(recipe, readings=sources.readings), model)
    last = stages.pop("segments")
    stages["segments"] = last.mutate(run_id=ibis.literal(run_id).cast("int64"))
    sql = {**sources.sql, **_in_dialect(stages, into)}
    reads = {name: read_by(expression) for name, expression in stages.items()}
    return Exported(sql, reads, stages["features"].schema(), stages["segments"].schema())


def export_value(
    recipe: Recipe, model: Model, origins: Mapping[str, Origin], into: Dialect
) -> dict[str, str]:
    """Return the SQL of every stage of customer value, by name.

    The last one but its CTEs reads ``value_nodes``, as published.

    Args:
        recipe: how the run read and cleaned.
        model: what it learned, customer value with it.
        origins: its sources by name, orders among them.
        into: the dialect.

    Raises:
        SettingsError: the dialect cannot express a stage, or a table's name is none.
    """
    sources = _read(recipe, origins, into)
    nodes = ibis.table(
        {column.name: ibis_type(column) for column in VALUE_NODES.columns}, name=VALUE_NODES.name
    )
    stages = value_chain(sources.raw, replace(recipe, readings=sources.readings), model, nodes)
    return {**sources.sql, **_in_dialect(stages, into)}


@dataclass(frozen=True)
class _Sources:
    """The sources of a run as exported SQL reads them: by stage, by name, and how."""

    sql: dict[str, str]
    raw: dict[str, ir.Table]
    readings: dict[str, Reading]


def _read(recipe: Recipe, origins: Mapping[str, Origin], into: Dialect) -> _Sources:
    sql: dict[str, str] = {}
    raw: dict[str, ir.Table] = {}
    readings = dict(recipe.readings)
    for name, origin in origins.items():
        stage = f"{name}_read"
        if into.name == "duckdb" and origin.table is None and origin.definition is not None:
            sql[stage] = origin.definition
            raw[name] = ibis.table(origin.raw.schema(), name=stage)
            continue
        key = _key(raw, readings) if name == "customers" else None
        read = typed_table(origin.raw, readings[name], key, into)
        text = to_dialect(stage, read.expression, into)
        sql[stage] = reads_from(text, origin.table or name, into)
        readings[name] = read.reading
        raw[name] = ibis.table(read.expression.schema(), name=stage)
    return _Sources(sql, raw, readings)


def _in_dialect(stages: Mapping[str, ir.Table], into: Dialect) -> dict[str, str]:
    return {name: to_dialect(name, expression, into) for name, expression in stages.items()}


def read_by(expression: ir.Table) -> tuple[str, ...]:
    """Return the names of the tables that an expression reads, in order."""
    return tuple(sorted({table.name for table in expression.op().find(ops.UnboundTable)}))


def as_statement(exported: Exported, into: Dialect, heading: str, stage: str | None) -> str:
    """Return one SELECT of all stages, or the SELECT of one of them, with a comment above.

    Raises:
        SettingsError: there is no such stage.
    """
    if stage is None:
        return with_heading(exported.stages, into, heading)
    if stage not in exported.stages:
        raise SettingsError(f"There is no stage '{stage}'.{nearest(stage, exported.stages)}")
    return f"{_comment(heading)}{exported.stages[stage].rstrip()}\n"


def with_heading(stages: Mapping[str, str], into: Dialect, heading: str) -> str:
    """Return one SELECT of all stages, with a comment above."""
    return _comment(heading) + with_ctes(stages, into.compiler)


def _comment(heading: str) -> str:
    return "".join(f"-- {line}\n" for line in heading.splitlines())


def heading(run_id: int, into: Dialect, origins: Mapping[str, Origin]) -> str:
    """Say what the SQL is, and what it reads."""
    lines = [f"Segments by the model of run {run_id}, in the SQL of {into.name}; made by segdb."]
    for name, origin in origins.items():
        if into.name == "duckdb" and origin.table is None and origin.definition is not None:
            continue
        columns = ", ".join(origin.raw.columns)
        lines.append(f"Reads the {name} from {origin.table or name} ({columns}).")
    if not into.run:
        lines.append("segdb's tests parse SQL of this dialect and do not run it.")
    return "\n".join(lines)


def _key(raw: Mapping[str, ir.Table], readings: Mapping[str, Reading]) -> dt.DataType | None:
    if "orders" not in raw:
        return None
    identifier = raw["orders"][readings["orders"].roles["customer_id"]].type()
    # The stages read an id out of a DOUBLE as a whole number.
    return dt.int64 if identifier.is_floating() else identifier
