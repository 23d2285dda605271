"""Rules of segments: their SQL runs on DuckDB, and is read back as it was."""

from __future__ import annotations

import math

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from segdb.segment_rule import Bounds, Rule, from_sql, to_sql
from segdb.sql_text import quoted

NAMES = ("frequency", "monetary", 'a "b"', "x > 1 AND (y", "x) OR (y")
LIMITS = st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def bounds(draw: st.DrawFn, feature: str) -> Bounds:
    if draw(st.booleans()) and draw(st.booleans()):
        yes, no = Bounds(feature, above=0.5, flag=True), Bounds(feature, at_most=0.5, flag=True)
        return draw(st.sampled_from([yes, no]))
    above = draw(LIMITS | st.just(-math.inf))
    at_most = draw(LIMITS if above == -math.inf else LIMITS | st.just(math.inf))
    return Bounds(feature, above, at_most, or_missing=draw(st.booleans()))


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    features = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True)
    return tuple(
        tuple(draw(bounds(feature)) for feature in draw(features))
        for _ in range(draw(st.integers(1, 3)))
    )


def holds(bound: Bounds, value: float | None) -> bool:
    if value is None:
        return bound.or_missing
    return bound.above < value <= bound.at_most


@given(rules())
def test_sql_is_read_back_as_the_rule(rule: Rule) -> None:
    assert from_sql(to_sql(rule)) == rule


@settings(deadline=None)
@given(rules(), st.lists(st.sampled_from([None, 0.0, 1.0]), min_size=5, max_size=5))
def test_the_sql_finds_what_the_bounds_hold(rule: Rule, values: list[float | None]) -> None:
    customer = dict(zip(NAMES, values, strict=True))
    listed = ", ".join(f"CAST(? AS DOUBLE) AS {quoted(name)}" for name in NAMES)
    with duckdb.connect() as connection:
        sql = f"SELECT count(*) FILTER (WHERE {to_sql(rule)}) FROM (SELECT {listed})"
        rows = connection.execute(sql, values).fetchall()
    expected = any(all(holds(b, customer[b.feature]) for b in part) for part in rule)
    assert rows == [(int(expected),)]


def test_names_of_any_kind_are_quoted() -> None:
    rule = ((Bounds('a "b"', at_most=1e20),), (Bounds("frequency", above=2.0),))
    assert to_sql(rule) == '("a ""b""" <= 1e+20) OR (frequency > 2)'
