"""Calendars: years that are no Gregorian ones of our time."""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa
import pytest

from segdb.inspect.infer_schema import infer_schema
from segdb.inspect.schema_hints import SchemaHints
from segdb.inspect.value_patterns import Ask
from tests.inspect.conftest import Tables


@pytest.mark.parametrize(
    ("year", "calendar", "stops"),
    [
        (1445, "Islamic calendar (Hijri), whose 1445 is about 2024", False),
        (1402, "Persian calendar (Solar Hijri), whose 1402 is about 2023", False),
        (2567, "Buddhist calendar, whose 2567 is about 2024", True),
        (1024, None, False),
        (2023, "", False),
    ],
)
@pytest.mark.parametrize("native", [False, True])
def test_most_years_tell_the_calendar(
    table: Tables, ask: Ask, year: int, calendar: str | None, stops: bool, native: bool
) -> None:
    days = [date(year, 1, 1) + timedelta(days=3 * n) for n in range(40)]
    dates = pa.array(days) if native else [f"{day}" for day in days]
    columns = {"customer_id": [f"c{n % 9}" for n in range(40)], "date": dates, "total": ["1"] * 40}
    made = infer_schema(table(columns), "o.csv", ask, "orders", SchemaHints())
    said = [warning for warning in made.warnings if warning.code == "old_dates"]
    assert bool(said) == (calendar != "")
    for warning in said:
        assert (calendar or f"40 of 40 dates are of years such as {year}.") in warning.message
        assert warning.stops == stops


def test_a_few_old_dates_are_not_another_calendar(table: Tables, ask: Ask) -> None:
    dates = ["1445-01-01"] * 10 + ["2024-01-01"] * 30
    columns = {"customer_id": [f"c{n % 9}" for n in range(40)], "date": dates, "total": ["1"] * 40}
    assert infer_schema(table(columns), "o.csv", ask, "orders", SchemaHints()).warnings == ()
