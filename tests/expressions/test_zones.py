"""Zones: names behind a time are offsets, or leave the local time as it stands."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import duckdb
import ibis
import pytest

from segdb.expressions.zones import ZONES, has_name, with_offset, with_offsets
from segdb.sql import to_sql

TEXTS = {
    "2024-01-05 15:04:05 EST": "2024-01-05 15:04:05 -05:00",
    "2024-01-05T15:04:05CET": "2024-01-05T15:04:05 +01:00",
    "Fri, 05 Jan 2024 15:04:05 PDT ": "Fri, 05 Jan 2024 15:04:05 -07:00",
    "1/5/2024 3:04 PM CST": "1/5/2024 3:04 PM -06:00",
    "5.1.2024 15:04 (MEZ)": "5.1.2024 15:04 +01:00",
    "2024-01-05 15:04:05 -0500 (EST)": "2024-01-05 15:04:05 -0500",
    "2024-01-05 15:04:05 IST": "2024-01-05 15:04:05",
    "2024-01-05 15:04:05": "2024-01-05 15:04:05",
    "1/5/2024 3:04 PM": "1/5/2024 3:04 PM",
    "EST": "EST",
    "order 15:04 of the WEST wing": "order 15:04 of the WEST wing",
}


def test_names_become_offsets_in_the_engine_and_in_python() -> None:
    table = ibis.table({"text": "string"}, name="texts")
    query = to_sql(table.select(table.text, changed=with_offsets(table.text)))
    with duckdb.connect() as engine:
        engine.execute("CREATE TABLE texts (text VARCHAR)")
        engine.executemany("INSERT INTO texts VALUES (?)", [[text] for text in TEXTS])
        assert dict(engine.execute(query).fetchall()) == TEXTS
    assert {text: with_offset(text) for text in TEXTS} == TEXTS


def test_what_has_a_name() -> None:
    named = [text for text in TEXTS if has_name(text)]
    assert named == list(TEXTS)[:7]
    assert not has_name("2024-01-05 15:04:05 UTC")


@pytest.mark.parametrize(
    ("winter", "summer", "place"),
    [
        ("EST", "EDT", "America/New_York"), ("CST", "CDT", "America/Chicago"),
        ("MST", "MDT", "America/Denver"), ("PST", "PDT", "America/Los_Angeles"),
        ("AKST", "AKDT", "America/Anchorage"), ("WET", "WEST", "Europe/Lisbon"),
        ("CET", "CEST", "Europe/Berlin"), ("EET", "EEST", "Europe/Helsinki"),
        ("AEDT", "AEST", "Australia/Sydney"), ("ACDT", "ACST", "Australia/Adelaide"),
        ("NZDT", "NZST", "Pacific/Auckland"),
    ],
)  # fmt: skip
def test_the_offsets_are_those_of_the_time_zone_database(
    winter: str, summer: str, place: str
) -> None:
    for name, month in ((winter, 1), (summer, 7)):
        moment = datetime(2024, month, 10, tzinfo=ZoneInfo(place))
        assert moment.tzname() == name
        assert moment.strftime("%z") == ZONES[name].replace(":", "")
