"""The cards: what the page tells of each segment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from segdb.charts.chart import Rows
from segdb.charts.labels import Look
from segdb.report.formatting import FEWEST, Forms, share
from segdb.report.published import Published
from segdb.report.rules import in_words
from segdb.segment_rule import from_sql

# A run of an older release has no value_per_customer.
_SEGMENTS = """
SELECT *, revenue / customers AS revenue_per_customer
FROM (
    SELECT * FROM segdb.segment_profiles
    UNION ALL BY NAME
    SELECT NULL::DOUBLE AS value_per_customer WHERE false
)
ORDER BY
    coalesce(value_per_customer, revenue / customers) DESC NULLS LAST, customers DESC, segment_id
"""
_MEASURES = """
SELECT
    segment_id,
    segment_features.feature,
    unit,
    segment_features.mean,
    segment_features.median,
    z
FROM segdb.segment_features
JOIN segdb.feature_statistics USING (feature)
WHERE segment_features.customers >= 5
ORDER BY abs(z) DESC NULLS LAST, segment_features.feature
"""
# Of a yes or no the median says nothing. Between 0 and 1 only its variance is mean (1 - mean).
_FLAGS = """
SELECT feature
FROM segdb.feature_statistics
WHERE unit = 'share' AND minimum >= 0 AND maximum <= 1 AND abs(sd * sd - mean * (1 - mean)) < 1e-9
"""
_TYPICAL = """
SELECT segment_id, place, customer_id::VARCHAR AS customer_id, distance
FROM segdb.typical_customers
ORDER BY segment_id, place
"""
# Of orders these three say most; without them, what sets the segment apart.
_KEY_FEATURES = ("recency_days", "frequency", "monetary")


@dataclass(frozen=True)
class Measure:
    """A figure of a segment's typical customer, in words."""

    label: str
    value: str


@dataclass(frozen=True)
class Segment:
    """A segment as its card shows it.

    Attributes:
        row: of ``segment_profiles``.
        place: of its colour in the palette, from 1.
        few: whether it has too few customers for figures of its own.
        measures: of its typical customer, by the features that say most.
        rule: its rule's alternatives, each as its conditions in words.
        typical: ids nearest to the centre, where the settings ask for them.
    """

    row: Mapping[str, Any]
    place: int
    few: bool
    measures: tuple[Measure, ...]
    rule: tuple[tuple[str, ...], ...]
    typical: tuple[str, ...] = ()


def segments(
    published: Published, look: Look, forms: Forms, *, examples: bool
) -> tuple[Segment, ...]:
    """Return the segments in order of value; by size where nothing says what customers bring.

    Args:
        published: the tables.
        look: colours and labels.
        forms: how numbers are written.
        examples: whether ids of typical customers are shown.
    """
    measures = published.rows_or_empty(_MEASURES)
    flags = flags_of(published)
    typical = published.rows_or_empty(_TYPICAL) if examples else []
    return tuple(
        Segment(
            row=row,
            place=look.places[row["segment_id"]],
            few=row["customers"] < FEWEST,
            measures=_measures(_of(row["segment_id"], measures), look, forms, flags),
            rule=in_words(from_sql(row["rule"] or ""), look, forms, flags),
            typical=tuple(customer["customer_id"] for customer in _of(row["segment_id"], typical)),
        )
        for row in published.rows_or_empty(_SEGMENTS)
    )


def flags_of(published: Published) -> set[str]:
    """Return the features that are 0 or 1."""
    return {row["feature"] for row in published.rows_or_empty(_FLAGS)}


def _of(segment_id: int, rows: Rows) -> Rows:
    return [row for row in rows if row["segment_id"] == segment_id]


def _measures(rows: Rows, look: Look, forms: Forms, flags: set[str]) -> tuple[Measure, ...]:
    key = [row for name in _KEY_FEATURES for row in rows if row["feature"] == name]
    return tuple(_measure(row, look, forms, flags) for row in (key or rows)[:3])


def _measure(row: Mapping[str, Any], look: Look, forms: Forms, flags: set[str]) -> Measure:
    feature = row["feature"]
    if feature == "recency_days":
        return Measure("Last order", forms.ago(row["median"]))
    if feature in flags:
        return Measure(look.name(feature), share(row["mean"]))
    return Measure(look.name(feature), forms.measure(row["median"], row["unit"] or ""))
