"""Filters: addresses in, conditions out, nothing of what was typed in between."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segdb.errors import UserError
from segdb.web.feature import Feature
from segdb.web.filters import as_pairs, read_filter

NAMES = ("frequency", "monetary", 'od"d; name')


def feature(name: str) -> Feature:
    return Feature(name, name, "", False, False, "", False, None, *[None] * 6)


FEATURES = [feature(name) for name in NAMES]
SEGMENTS = {1: "Loyal", 7: "New; DROP"}


def conditions(*pairs: tuple[str, str]) -> tuple[str, ...]:
    return read_filter(pairs, FEATURES, SEGMENTS, "s", value=True).conditions


def test_conditions() -> None:
    assert conditions() == ()
    assert conditions(("segment", "7"), ("segment", "loyal"), ("min.monetary", " ")) == (
        "segment_id IN (7, 1)",
    )
    assert conditions(("min.monetary", "1,000.5"), ("max.monetary", "2e3")) == (
        '"monetary" >= 1000.5 AND "monetary" <= 2000',
    )
    assert conditions(('min.od"d; name', "-0")) == ('"od""d; name" >= 0',)
    assert conditions(("entered", "no")) == ()
    assert len(conditions(("entered", "yes"), ("max.expected_value", "1"))) == 2


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_bound_is_the_number_that_was_given(value: float) -> None:
    (sql,) = conditions(("min.monetary", repr(value)))
    written = sql.partition(">= ")[2]
    with duckdb.connect() as connection:
        read = connection.execute(f"SELECT CAST({written} AS DOUBLE)").fetchall()
    assert read == [(value,)]


@given(st.text(), st.text())
def test_whatever_is_typed_is_read_or_refused(name: str, text: str) -> None:
    for key in (name, f"min.{name}", "segment", "min.monetary"):
        try:
            parts = conditions((key, text))
        except UserError:
            continue
        for part in parts:
            assert part.startswith(("segment_id IN (", '"', "customer_id IN (SELECT"))


@pytest.mark.parametrize("body", [3, [1], "x", {"segment": {"a": 1}}, {"segment": [[1]]}])
def test_a_body_that_is_no_filter(body: object) -> None:
    with pytest.raises(UserError):
        as_pairs(body)


def test_a_body_is_the_address() -> None:
    body = {"segment": [1, "New; DROP"], "entered": True, "min.monetary": 2.5, "max.monetary": None}
    assert as_pairs(body) == [
        ("segment", "1"), ("segment", "New; DROP"), ("entered", "yes"), ("min.monetary", "2.5"),
    ]  # fmt: skip


def test_without_value_its_columns_are_not_there() -> None:
    with pytest.raises(UserError, match="There is no feature 'expected_value'"):
        read_filter([("min.expected_value", "1")], FEATURES, SEGMENTS, "s", value=False)
