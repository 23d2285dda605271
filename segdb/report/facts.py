"""What the words of the page say: few rows of the published tables, made ready for templates."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from segdb.charts.chart import Rows
from segdb.charts.look import Look
from segdb.errors import UserError
from segdb.report.forms import FEWEST, Forms
from segdb.report.published import Published

_RUN = """
SELECT
    run_id, started_at, finished_at, as_of, rows_read, rows_kept, rows_rejected, customers, k,
    inertia, silhouette, matrix_rows, verdict, clear, settings, versions
FROM segdb.runs
ORDER BY run_id DESC
LIMIT 2
"""
_SEGMENTS = """
SELECT *, revenue / customers AS revenue_per_customer
FROM segdb.segment_profiles
ORDER BY revenue / customers DESC NULLS LAST, segment_id
"""
_MEASURES = """
SELECT segment_id, segment_features.feature, unit, segment_features.median, z
FROM segdb.segment_features
JOIN segdb.feature_statistics USING (feature)
ORDER BY importance DESC NULLS LAST, segment_features.feature
"""
_MOVED = """
SELECT sum(customers) AS moved
FROM segdb.segment_migrations
WHERE run_id = (SELECT max(run_id) FROM segdb.runs)
    AND from_segment_id IS NOT NULL AND to_segment_id IS NOT NULL
    AND from_segment_id <> to_segment_id
"""
_REASONS = """
SELECT source, reason, count(*) AS rows
FROM segdb.rejected_rows
GROUP BY ALL
ORDER BY rows DESC, source, reason
"""
_TYPICAL = """
SELECT segment_id, place, customer_id::VARCHAR AS customer_id, distance
FROM segdb.typical_customers
ORDER BY segment_id, place
"""
# Of orders these three say most; without them, what matters most to the segments.
_KEY_FEATURES = ("recency_days", "frequency", "monetary")


@dataclass(frozen=True)
class Measure:
    """A segment's median of a feature, in words."""

    label: str
    value: str


@dataclass(frozen=True)
class Segment:
    """A segment as its card shows it.

    Attributes:
        row: of ``segment_profiles``.
        place: of its colour in the palette, from 1.
        few: whether it has too few customers for figures of its own.
        measures: medians of the features that say most.
        typical: ids nearest to the centre, where the settings ask for them.
    """

    row: Mapping[str, Any]
    place: int
    few: bool
    measures: tuple[Measure, ...]
    typical: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facts:
    """Everything that is told in words.

    Attributes:
        run: the last row of ``runs``.
        changes: sentences on what changed since the run before.
        segments: in order of value.
        revenue: of all segments; None without orders.
        reasons: rejected rows by source and reason.
        parameters: rows of ``feature_parameters``.
        versions: of segdb and what it ran on.
        settings: those of the run, as TOML-like lines.
    """

    run: Mapping[str, Any]
    changes: tuple[str, ...]
    segments: tuple[Segment, ...]
    revenue: float | None
    reasons: Rows
    parameters: Rows
    versions: Mapping[str, str]
    settings: tuple[tuple[str, str], ...] = field(default=())


def look(published: Published, currency: str) -> Look:
    """Return the colours and labels of the report."""
    ids = published.some("SELECT segment_id FROM segdb.segment_profiles ORDER BY segment_id")
    units = published.some("SELECT feature, unit FROM segdb.feature_statistics")
    return Look(
        tuple(row["segment_id"] for row in ids),
        {row["feature"]: row["unit"] or "" for row in units},
        currency,
    )


def last_run(published: Published) -> Rows:
    """Return the last run, and the one before it if there was one.

    Raises:
        UserError: nothing was published.
    """
    runs = published.some(_RUN)
    if not runs:
        raise UserError("There is no run to report on. `segdb run` publishes one.")
    return runs


def facts(published: Published, look: Look, forms: Forms, *, examples: bool) -> Facts:
    """Gather what the page tells in words.

    Args:
        published: the tables.
        look: colours and labels.
        forms: how numbers are written.
        examples: whether ids of typical customers are shown.
    """
    run, *before = last_run(published)
    rows = published.some(_SEGMENTS)
    measures = published.some(_MEASURES)
    typical = published.some(_TYPICAL) if examples else []
    amounts = [row["revenue"] for row in rows if row["revenue"] is not None]
    return Facts(
        run=run,
        changes=_changes(run, before[0], published, forms) if before else (),
        segments=tuple(
            Segment(
                row=row,
                place=look.places[row["segment_id"]],
                few=row["customers"] < FEWEST,
                measures=_measures(row["segment_id"], measures, look, forms),
                typical=tuple(
                    one["customer_id"] for one in typical if one["segment_id"] == row["segment_id"]
                ),
            )
            for row in rows
        ),
        revenue=sum(amounts) if amounts else None,
        reasons=published.some(_REASONS),
        parameters=published.some(
            "SELECT * FROM segdb.feature_parameters ORDER BY position NULLS LAST, feature"
        ),
        versions=json.loads(run["versions"] or "{}"),
        settings=_settings(_as_inferred(json.loads(run["settings"] or "{}"))),
    )


def _measures(segment_id: int, rows: Rows, look: Look, forms: Forms) -> tuple[Measure, ...]:
    own = [row for row in rows if row["segment_id"] == segment_id and row["median"] is not None]
    key = [row for name in _KEY_FEATURES for row in own if row["feature"] == name]
    told = []
    for row in (key or own)[:3]:
        if row["feature"] == "recency_days":
            told.append(Measure("Last order, median", forms.ago(row["median"])))
            continue
        label = look.label(row["feature"]).removesuffix(f" ({row['unit'] or ''})")
        label = label.removesuffix(f" ({look.currency})")
        value = forms.measure(row["median"], row["unit"] or "")
        told.append(Measure(f"{label[:1].upper()}{label[1:]}, median", value))
    return tuple(told)


def _changes(
    run: Mapping[str, Any], before: Mapping[str, Any], published: Published, forms: Forms
) -> tuple[str, ...]:
    told = []
    more = run["customers"] - before["customers"]
    if more:
        told.append(
            f"{abs(more):,} customers {'more' if more > 0 else 'fewer'} "
            f"({more / before['customers']:+.1%})"
        )
    if run["k"] != before["k"]:
        told.append(f"{run['k']} segments instead of {before['k']}")
    moved = published.some(_MOVED)
    if moved and (moved[0]["moved"] or 0) >= FEWEST:
        count = forms.value(moved[0]["moved"], "count")
        told.append(f"{count} customers are in another segment than before")
    if run["silhouette"] is not None and before["silhouette"] is not None:
        step = run["silhouette"] - before["silhouette"]
        if abs(step) >= 0.01:
            told.append(f"the silhouette went {'up' if step > 0 else 'down'} by {abs(step):.2f}")
    return tuple(told) or ("nothing that shows in the figures",)


def _as_inferred(values: Mapping[str, Any]) -> dict[str, Any]:
    """Keep of what was inferred the roles of the columns; the rest is long and in ``runs``."""
    roles = {
        name: reading["roles"]
        for name, reading in values.get("inferred", {}).items()
        if reading.get("roles")
    }
    return {**{key: value for key, value in values.items() if key != "inferred"}, "taken": roles}


def _settings(values: Mapping[str, Any], prefix: str = "") -> tuple[tuple[str, str], ...]:
    lines: list[tuple[str, str]] = []
    for key, value in values.items():
        if isinstance(value, Mapping):
            lines += _settings(value, f"{prefix}{key}.")
        elif value not in (None, [], {}, ()) and not isinstance(value, datetime):
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            lines.append((f"{prefix}{key}", text))
    return tuple(lines)
