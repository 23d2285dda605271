"""Zones: dates with the names of zones, with and without a time zone to take them to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from segdb.config.source_section import Source
from segdb.expressions.typed_source import typed
from segdb.inspect.infer_schema import infer_schema
from segdb.inspect.schema_hints import SchemaHints
from segdb.inspect.value_patterns import Ask
from tests.inspect.conftest import Tables

FORMS = (
    "%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%a, %d %b %Y %H:%M:%S",
    "%B %d, %Y at %I:%M:%S %p",
)  # fmt: skip
FIRST = datetime(2024, 1, 3, 15, 4, 5)


# The name, the hours from it to Berlin, and how many warnings there are of it.
NAMES = (("EST", 6, 0), ("IST", 0, 1), ("XYZ", 0, 1), ("PDT", 8, 0), ("UTC", 1, 0))


def cases() -> Iterator[Any]:
    """Each form with each name; each form and each name once, without those that are slow."""
    for place, form in enumerate(FORMS):
        for turn, name in enumerate(NAMES):
            marks = () if turn == place else pytest.mark.slow
            yield pytest.param(form, *name, id=f"{name[0]}-{form}", marks=marks)


@pytest.mark.parametrize(("form", "name", "hours", "warned"), list(cases()))
def test_names_of_zones(
    table: Tables, ask: Ask, form: str, name: str, hours: int, warned: int
) -> None:
    dates = [f"{FIRST + timedelta(days=5 * n):{form}} {name}" for n in range(40)]
    raw = table({"user_id": [f"c{n % 9}" for n in range(40)], "date": dates, "total": ["1"] * 40})
    for zone, expected in ((None, FIRST), ("Europe/Berlin", FIRST + timedelta(hours=hours))):
        made = infer_schema(raw, "o.csv", ask, "orders", SchemaHints(source=Source(time_zone=zone)))
        first = ask(typed(raw, made.reading).ordered_at.min().as_table()).to_pylist()[0]
        assert list(first.values()) == [expected]
        warnings = [warning for warning in made.warnings if warning.code == "time_zones"]
        assert len(warnings) == (warned if zone else 0)
        assert all(f"40 of 40 dates name the time zone {name}" in w.message for w in warnings)
