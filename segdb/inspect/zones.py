"""Zones: dates that name a time zone by a word that several zones are called by."""

from __future__ import annotations

from segdb.checks.warning import DataWarning
from segdb.config.source_section import Source
from segdb.expressions.typed_source import values
from segdb.expressions.zones import ambiguous_name
from segdb.inspect.role_types import Place
from segdb.inspect.value_patterns import Ask
from segdb.source_schema import ColumnReading


def ambiguous_zones(
    place: Place, reading: ColumnReading, source: Source, ask: Ask
) -> list[DataWarning]:
    """Return what is said of zones that are not known, where moments are taken to another zone."""
    if not reading.zone_names or not source.time_zone:
        return []
    name = ambiguous_name(place.table[place.column])
    rows = values(place.table, {"moment": reading}, source.null_values, {"name": name})
    moment, name = rows.moment, rows["name"]
    asked = rows.agg(n=moment.count(), odd=name.count(where=moment.notnull()), example=name.min())
    row = ask(asked).to_pylist()[0]
    if not row["odd"]:
        return []
    message = (
        f"{place}: {row['odd']:,} of {row['n']:,} dates name the time zone {row['example']}, which "
        f"no one place has; they are taken as local time of {source.time_zone}. A SELECT "
        "that writes the offset, such as +05:30, corrects it; without time_zone all dates are "
        "local time as they stand."
    )
    return [DataWarning("time_zones", message, "", row["odd"] / row["n"])]
