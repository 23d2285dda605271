"""Facts: the figures and phrases in the report's text, from a few rows of the published tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from segdb.backtest_verdict import verdicts
from segdb.charts.chart import Rows
from segdb.charts.labels import Look
from segdb.checks.warning import from_json
from segdb.errors import UserError, command
from segdb.report.cards import Segment, segments
from segdb.report.changes import changes
from segdb.report.formatting import Forms
from segdb.report.published import Published
from segdb.stored_json import mapping

_RUN = """
SELECT
    run_id, started_at, finished_at, as_of, rows_read, rows_kept, rows_rejected, customers, k,
    inertia, silhouette, matrix_rows, verdict, clear, warnings, learned_by, republishes,
    settings, versions
FROM segdb.runs
ORDER BY run_id DESC
LIMIT 2
"""
# A run of an older release has no stability_error.
_TRIED = "SELECT * FROM segdb.k_selection ORDER BY k"


@dataclass(frozen=True)
class Facts:
    """All that the report says in words.

    Attributes:
        run: the last row of ``runs``.
        before: the row before it; None at the first run.
        changes: phrases on what changed since the run before.
        segments: in order of value.
        by_value: whether that order is by what their customers bring; else it is by size.
        foremost: the one with the largest share of the revenue, or else of the customers.
        most: the largest share of customers or revenue that a segment has.
        revenue: of all segments; None without orders.
        tried: rows of ``k_selection``: each number of segments that was tried, and its evidence.
        given: whether the settings named the number.
        parameters: rows of ``feature_parameters``.
        versions: of segdb and what it ran on.
        tested: what the backtest shows, in sentences.
        value: what customer value was learned of, and how far it looks; empty without.
        warnings: what of the data may make the result wrong: message and setting of each.
        settings: those of the run, as TOML-like lines.
    """

    run: Mapping[str, Any]
    before: Mapping[str, Any] | None
    changes: tuple[str, ...]
    segments: tuple[Segment, ...]
    by_value: bool
    foremost: Segment | None
    most: float
    revenue: float | None
    tried: Rows
    given: bool
    parameters: Rows
    versions: Mapping[str, str]
    tested: tuple[str, ...]
    value: str
    warnings: Rows
    settings: tuple[tuple[str, str], ...] = field(default=())


def look(published: Published, currency: str) -> Look:
    """Return the colours and labels of the report."""
    ids = published.rows_or_empty(
        "SELECT segment_id FROM segdb.segment_profiles ORDER BY segment_id"
    )
    units = published.rows_or_empty("SELECT feature, unit FROM segdb.feature_statistics")
    return Look(
        tuple(row["segment_id"] for row in ids),
        {row["feature"]: row["unit"] or "" for row in units},
        currency,
        _categories(published),
    )


def _categories(published: Published) -> dict[str, tuple[str, str]]:
    """Return the column and value of each 0/1 feature of a category, as the model has them."""
    runs = published.rows_or_empty("SELECT model FROM segdb.runs ORDER BY run_id DESC LIMIT 1")
    entries = mapping(runs[0]["model"], "model").get("features", []) if runs else []
    return {
        entry["name"]: (entry["column"], entry["value"])
        for entry in (entries if isinstance(entries, list) else [])
        if isinstance(entry, Mapping) and entry.get("kind") == "category"
    }


def last_run(published: Published) -> Rows:
    """Return the last run, and the one before it if there was one.

    Raises:
        UserError: nothing was published.
    """
    runs = published.rows_or_empty(_RUN)
    if not runs:
        raise UserError(f"There is no run to report on. {command('run')} publishes one.")
    return runs


def facts(published: Published, look: Look, forms: Forms, *, examples: bool) -> Facts:
    """Collect what the report says in words.

    Args:
        published: the tables.
        look: colours and labels.
        forms: how numbers are written.
        examples: whether ids of typical customers are shown.
    """
    run, *before = last_run(published)
    cards_of = segments(published, look, forms, examples=examples)
    amounts = [card.row["revenue"] for card in cards_of if card.row["revenue"] is not None]
    shown = [card for card in cards_of if not card.few]
    settings = mapping(run["settings"], "settings")
    return Facts(
        run=run,
        before=before[0] if before else None,
        changes=changes(run, before[0], published) if before else (),
        segments=cards_of,
        by_value=any(
            card.row["value_per_customer"] is not None or card.row["revenue"] is not None
            for card in cards_of
        ),
        foremost=max(shown, key=_part, default=None),
        most=max((share for card in shown for share in _shares(card)), default=1.0),
        revenue=sum(amounts) if amounts else None,
        tried=published.rows_or_empty(_TRIED),
        given=_given(settings),
        parameters=published.rows_or_empty(
            "SELECT * FROM segdb.feature_parameters ORDER BY position NULLS LAST, feature"
        ),
        versions=mapping(run["versions"], "versions"),
        tested=tuple(verdicts(published.rows_or_empty("FROM segdb.backtest_rankings"))),
        value=_value(published),
        warnings=from_json(run["warnings"]),
        settings=_settings(_as_inferred(settings)),
    )


def _value(published: Published) -> str:
    """Say what customer value was learned of; nothing where it was not."""
    rows = published.rows_or_empty("SELECT parameter, value, note FROM segdb.value_model")
    by_name = {row["parameter"]: row for row in rows}
    if "horizon_days" not in by_name:
        return ""
    days, learned = by_name["horizon_days"]["value"], by_name["status"]["note"]
    return f"Expected revenue is that of the next {days:.0f} days, by {learned}."


def _given(settings: Mapping[str, Any]) -> bool:
    return bool(_mapping(settings.get("cluster")).get("k", "auto") != "auto")


def _shares(segment: Segment) -> tuple[float, ...]:
    return (segment.row["customer_share"], max(segment.row["revenue_share"] or 0.0, 0.0))


def _part(segment: Segment) -> tuple[float, float]:
    """Return what makes a segment the foremost: its part of the revenue, then of the customers."""
    return segment.row["revenue_share"] or 0.0, segment.row["customer_share"]


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _as_inferred(values: Mapping[str, Any]) -> dict[str, Any]:
    """Keep of what was inferred the roles of the columns; the rest is long and in ``runs``."""
    roles = {
        name: reading["roles"]
        for name, reading in _mapping(values.get("inferred")).items()
        if isinstance(reading, Mapping) and reading.get("roles")
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
