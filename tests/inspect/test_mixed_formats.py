"""Forms: values of one column that are written in several ways."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from segdb.config.source_section import Source
from segdb.errors import SourceError
from segdb.inspect.infer_schema import InferredSchema, infer_schema
from segdb.inspect.schema_hints import SchemaHints
from segdb.inspect.value_patterns import Ask
from tests.inspect.conftest import Tables

DAYS = [date(2023, 1, 5) + timedelta(days=3 * n) for n in range(120)]
ISO, GERMAN = "%Y-%m-%d", "%d.%m.%Y"


def understood(
    table: Tables,
    ask: Ask,
    dates: Sequence[str] | None = None,
    amounts: Sequence[str] | None = None,
    **keys: Any,
) -> InferredSchema:
    dates = dates or [f"{day}" for day in DAYS]
    columns = {
        "customer_id": [f"c{n % 9}" for n in range(len(dates))],
        "date": dates,
        "total": amounts or ["1"] * len(dates),
    }
    return infer_schema(table(columns), "o.csv", ask, "orders", SchemaHints(source=Source(**keys)))


def written(*forms: str) -> list[str]:
    return [day.strftime(forms[n % len(forms)]) for n, day in enumerate(DAYS)]


def only(understood: InferredSchema, code: str) -> Any:
    found = [warning for warning in understood.warnings if warning.code == code]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    ("forms", "formats"),
    [
        ((ISO, GERMAN), ["iso", "%d.%m.%Y"]),
        ((ISO, ISO, ISO, GERMAN), ["iso", "%d.%m.%Y"]),
        ((ISO, "%d/%m/%Y", "%d %b %Y"), ["iso", "%d/%m/%Y", "%d %b %Y"]),
        (("%Y%m%d", "%m/%d/%y"), ["%Y%m%d", "%m/%d/%y"]),
    ],
)
def test_forms_without_doubt_are_read_and_counted(
    table: Tables, ask: Ask, forms: tuple[str, ...], formats: list[str]
) -> None:
    made = understood(table, ask, written(*forms))
    warning = only(made, "mixed_dates")
    counts = [120 // len(forms)] if len(set(forms)) == len(forms) else [90, 30]
    assert all(f"{count} as" in warning.message for count in counts)
    assert all(f'"{form}"' in warning.setting for form in formats)
    assert not warning.stops
    again = understood(table, ask, written(*forms), date_format=formats)
    assert again.warnings == ()


def test_a_second_form_far_down_is_read(table: Tables, ask: Ask) -> None:
    days = [DAYS[n % 120].strftime(ISO if n < 11_000 else GERMAN) for n in range(14_000)]
    made = understood(table, ask, days)
    assert "11,000 as ISO 8601, 3,000 as dd.mm.yyyy" in only(made, "mixed_dates").message


def test_times_and_a_t_are_no_other_form(table: Tables, ask: Ask) -> None:
    made = understood(table, ask, written(ISO, "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"))
    assert made.warnings == ()


def test_day_and_month_are_asked_for_beside_another_form(table: Tables, ask: Ask) -> None:
    days = [f"{day}" if n % 2 else f"0{n % 9 + 1}/0{n % 8 + 1}/2023" for n, day in enumerate(DAYS)]
    with pytest.raises(SourceError) as caught:
        understood(table, ask, days)
    assert 'date_format = ["iso", "%d/%m/%Y"] or date_format = ["iso", "%m/%d/%Y"]' in str(
        caught.value
    )


def test_one_value_in_doubt_is_no_reason_to_ask(table: Tables, ask: Ask) -> None:
    made = understood(table, ask, ["03/04/2023", *written(ISO)[1:]])
    assert made.reading.column("date").formats == ()


def swapped(form: str) -> list[str]:
    """Dates as Excel leaves them: a month where the day could be one, else the text."""
    return [
        f"{date(day.year, day.day, day.month)} 00:00:00" if day.day <= 12 else day.strftime(form)
        for day in DAYS
    ]


@pytest.mark.parametrize("form", ["%d/%m/%Y", "%m/%d/%Y"])
def test_what_excel_exchanged_is_exchanged_back(table: Tables, ask: Ask, form: str) -> None:
    made = understood(table, ask, swapped(form))
    warning = only(made, "mixed_dates")
    assert "day and month exchanged" in warning.message
    assert warning.setting == f'[source] date_format = ["iso", "{form}"]'
    formats = made.reading.column("date").formats
    assert formats[0] == "%Y-%d-%m %H:%M:%S"
    assert form in formats
    assert "iso" not in formats


def test_where_that_is_in_doubt_the_run_stops(table: Tables, ask: Ask) -> None:
    # One month, written otherwise from the 13th on: as likely as Excel.
    days = [f"2024-01-{1 + n % 12:02}" if n % 30 < 12 else f"{1 + n % 30}/01/2024"
            for n in range(120)]  # fmt: skip
    warning = only(understood(table, ask, days), "mixed_dates")
    assert warning.stops
    assert '["%Y-%d-%m %H:%M:%S", "%d/%m/%Y"]' in warning.setting
    assert '["iso", "%d/%m/%Y"]' in warning.setting


def test_both_decimal_marks(table: Tables, ask: Ask) -> None:
    amounts = [f"{n},50" if n % 3 else f"{n}.50" for n in range(120)]
    made = understood(table, ask, amounts=amounts)
    warning = only(made, "mixed_numbers")
    assert "decimal point (40)" in warning.message
    assert "decimal comma (80)" in warning.message
    assert made.reading.column("total").mixed == "clear"


def test_what_could_be_either_is_asked_for_or_said(table: Tables, ask: Ask) -> None:
    amounts = [f"{n},50" if n % 3 else f"{n}.50" for n in range(120)]
    few = understood(table, ask, amounts=["1,234", *amounts[1:]])
    assert (
        "1 such as '1,234' could be either and are not read" in only(few, "mixed_numbers").message
    )
    many = ["1,234"] * 20 + amounts[20:]
    with pytest.raises(SourceError, match=r"could be written .* decimal = "):
        understood(table, ask, amounts=many)
    made = understood(table, ask, amounts=many, decimal=".")
    assert (
        "20 such as '1,234' could be either and are read with \".\""
        in only(made, "mixed_numbers").message
    )


def test_a_percentage_is_no_amount(table: Tables, ask: Ask) -> None:
    with pytest.raises(SourceError, match=r"0% of its values .* A percentage is no amount"):
        understood(table, ask, amounts=["7%"] * 120)
    few = understood(table, ask, amounts=["7%", *["7"] * 119])
    assert not few.reading.column("total").percent
