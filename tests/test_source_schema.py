"""How a source is read, as data."""

from __future__ import annotations

import json

import pytest

from segdb.source_schema import ColumnReading, Reading

READING = Reading(
    (
        ColumnReading("id", "text"),
        ColumnReading("Umsatz €", "number", decimal=","),
        ColumnReading("when", "timestamp", formats=("%d/%m/%Y", "%d/%m/%Y %H:%M")),
    ),
    {"customer_id": "id", "amount": "Umsatz €", "ordered_at": "when"},
    ("", "NA"),
)


def test_json_round_trip() -> None:
    assert Reading.from_dict(json.loads(json.dumps(READING.to_dict()))) == READING


def test_a_column_by_its_name() -> None:
    assert READING.column("when").formats == ("%d/%m/%Y", "%d/%m/%Y %H:%M")
    with pytest.raises(StopIteration):
        READING.column("WHEN")
