"""Dates: the formats that a shape allows."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segdb.inspect import dates
from segdb.inspect.value_patterns import Shape, shape_of


def ways(*values: str) -> dict[str, tuple[str, ...]]:
    return dates.families([Shape(shape_of(value), 1, value) for value in values])


@pytest.mark.parametrize(
    "value",
    [
        "2026-01-31",
        "2026/1/31",
        "2026-01-31 10:11",
        "2026-01-31T10:11:12.123Z",
        "2026-01-31 10:11:12+02",
        "2026-01-31 10:11:12 UTC",
    ],
)
def test_iso_needs_no_format(value: str) -> None:
    assert ways(value) == {dates.YEAR_FIRST: ()}


@pytest.mark.parametrize("separator", list("/-. "))
def test_day_and_month_may_change_places(separator: str) -> None:
    found = ways(separator.join(("03", "04", "2026")))
    assert found[dates.DAY_FIRST][0] == separator.join(("%d", "%m", "%Y"))
    assert found[dates.MONTH_FIRST][0] == separator.join(("%m", "%d", "%Y"))
    assert set(found) == {dates.DAY_FIRST, dates.MONTH_FIRST}


def test_years_of_two_digits() -> None:
    found = ways("3/4/26", "1/2/26", "13/4/26")
    assert [formats[0] for formats in found.values()] == ["%d/%m/%y", "%m/%d/%y"]
    assert set(ways("26.04.03")) == {dates.DAY_FIRST, dates.MONTH_FIRST, dates.SHORT_YEAR_FIRST}


def test_all_that_is_seen_is_tried_and_the_usual_times_as_well() -> None:
    formats = ways("3.4.2026", "13.04.2026 10:11", "13-04-2026 10:11:12")[dates.DAY_FIRST]
    assert formats[:3] == ("%d.%m.%Y", "%d.%m.%Y %H:%M", "%d-%m-%Y %H:%M:%S")
    assert "%d.%m.%Y %H:%M:%S.%f" in formats
    assert len(set(formats)) == len(formats)


@pytest.mark.parametrize(
    "value",
    ["hello", "12", "12.50", "2026", "1/2", "10:11", "2026-1", "ABC-1234-12", "12/123/2026"],
)
def test_what_is_no_date(value: str) -> None:
    assert ways(value) == {}


def test_half_of_the_values_must_fit() -> None:
    assert ways("2026-01-31", "x", "y") == {}
    assert ways("2026-01-31", "x") == {dates.YEAR_FIRST: ()}


FORMATS = [
    "%d/%m/%Y", "%m/%d/%y", "%Y.%m.%d", "%d-%b-%Y", "%d %B %Y", "%b %d %Y", "%B %d, %Y", "%Y-%b-%d",
    "%d.%m.%Y %H:%M", "%m/%d/%Y %I:%M %p", "%m/%d/%Y %I:%M:%S%p", "%d/%m/%Y %H:%M:%S",
    "%d/%m/%YT%H:%M:%S.%f", "%d%b%Y", "%Y%m%d",
]  # fmt: skip


@given(
    st.datetimes(datetime(1970, 1, 1), datetime(2067, 12, 31)),
    st.sampled_from(FORMATS),
)
def test_the_format_it_was_written_with_is_among_them(moment: datetime, form: str) -> None:
    found = ways(moment.strftime(form))
    assert any(form in formats for formats in found.values())


def test_words_for_people() -> None:
    assert dates.formats_in_words(()) == "ISO 8601"
    assert dates.formats_in_words(("%d/%m/%Y %H:%M", "%d/%m/%Y")) == "dd/mm/yyyy hh:mm"


def test_a_set_format_is_read_with_the_usual_times() -> None:
    assert dates.with_times("%d/%m/%Y")[:2] == ("%d/%m/%Y", "%d/%m/%Y %H:%M")
    assert dates.with_times("%d/%m/%Y %H:%M")[0] == "%d/%m/%Y %H:%M"
