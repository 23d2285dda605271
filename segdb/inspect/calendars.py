"""Calendars: years of dates that are no Gregorian years of our time."""

from __future__ import annotations

from segdb.checks.warning import DataWarning
from segdb.config.source_section import Source
from segdb.expressions.typed_source import values
from segdb.inspect.candidates import HEAD
from segdb.inspect.role_types import Place
from segdb.inspect.value_patterns import Ask
from segdb.source_schema import ColumnReading

# Years when people order, as dates are checked.
_FIRST, _LAST = 1900, 2100
# Calendars with their years from about 1985 to 2035, and what makes of those Gregorian ones: a
# factor, as the Islamic year has 354 days, and the years to add.
_CALENDARS = (
    ("the Islamic calendar (Hijri)", range(1405, 1458), 0.9702, 621.6),
    ("the Persian calendar (Solar Hijri)", range(1364, 1415), 1, 621),
    ("the Buddhist calendar", range(2528, 2579), 1, -543),
)


def old_dates(place: Place, reading: ColumnReading, source: Source, ask: Ask) -> list[DataWarning]:
    """Return what is said of dates most of which are before 1900 or after 2100.

    They are not converted. Those after 2100 would all be rejected as in the future.
    """
    # A calendar is one for the whole source, and a scan of all of it costs as much as a run's.
    head = values(place.table.limit(HEAD), {"moment": reading}, source.null_values)
    moment = head.moment
    if not (moment.type().is_timestamp() or moment.type().is_date()):
        return []
    year = moment.year()
    counts = head.agg(
        n=moment.count(),
        odd=((year < _FIRST) | (year > _LAST)).sum(),
        middle=year.quantile(0.5),
    )
    row = ask(counts).to_pylist()[0]
    odd = int(row["odd"] or 0)
    if not row["n"] or 2 * odd <= row["n"]:
        return []
    middle = int(row["middle"])
    likely = [
        f"{name}, whose {middle} is about {middle * factor + added:.0f}"
        for name, years, factor, added in _CALENDARS
        if middle in years
    ]
    guess = f" It is likely {' or '.join(likely)}." if likely else ""
    message = (
        f"{place}: {odd:,} of {row['n']:,} dates are of years such as {middle}.{guess} They are "
        "taken as Gregorian; a SELECT that converts them makes durations right."
    )
    return [DataWarning("old_dates", message, share=odd / row["n"], stops=middle > _LAST)]
