"""Backtest verdict: what a backtest shows, in plain sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

Row = Mapping[str, Any]
RULES = {
    "past_spend": "how much they spent",
    "frequency": "how often they ordered",
    "recency": "how recently they ordered",
    "last_order": "how large their last order was",
}
# Differences of the Gini coefficient that no decision should hang on.
_EQUAL = 0.02
# Below, a ranking is hardly better than chance.
_CHANCE = 0.1


def verdicts(rankings: Iterable[Row]) -> list[str]:
    """Return one paragraph a cut: how well the segments foresaw, beside plain rules.

    Args:
        rankings: the rows of ``backtest_rankings``.
    """
    by_cut: dict[datetime, dict[str, Row]] = {}
    for row in rankings:
        by_cut.setdefault(row["cut"], {})[row["ranking"]] = row
    return [verdict(cut, rows) for cut, rows in sorted(by_cut.items())]


def verdict(cut: datetime, rows: Mapping[str, Row]) -> str:
    """Return how well the segments of a cut foresaw revenue, beside the best plain rule.

    Args:
        cut: the day.
        rows: of ``backtest_rankings``, by ranking.
    """
    segments = rows["segments"]
    when = f"{cut:%d %b %Y}".lstrip("0")
    days = segments["horizon_days"]
    if segments["gini"] is None:
        return f"Segments of {when}: in the {days} days after it no revenue came to rank by."
    text = f"Segments of {when}, against the {days} days after it: "
    if segments["gini"] < _CHANCE:
        text += f"they rank customers hardly better than chance (Gini {_two(segments['gini'])}). "
    else:
        share = segments["top_20_share"]
        text += f"the 20% ranked first brought {share:.0%} of the revenue. "
    return text + _against_rules(segments, rows)


def _against_rules(segments: Row, rows: Mapping[str, Row]) -> str:
    known = {name: rows[name]["gini"] for name in RULES if name in rows}
    best = max(known, key=lambda name: known[name] or 0.0)
    ahead = (known[best] or 0.0) - segments["gini"]
    figures = f"(Gini {_two(segments['gini'])} against {_two(known[best] or 0.0)})"
    if ahead > _EQUAL:
        words = f"To rank customers by revenue alone, {RULES[best]} does better {figures}"
    elif ahead < -_EQUAL:
        words = f"No plain rule ranks as well; the best is {RULES[best]} {figures}"
    else:
        words = f"They rank as well as the best plain rule, {RULES[best]} {figures}"
    value = rows.get("expected_value", {}).get("gini")
    if value is None:
        return f"{words}."
    place = "better than" if value > (known[best] or 0.0) + _EQUAL else "as good as"
    if value < (known[best] or 0.0) - _EQUAL:
        place = "below"
    return f"{words}; expected value has {_two(value)}, {place} that rule."


def _two(value: float) -> str:
    """Write two decimals; what rounds to nothing has no sign."""
    return f"{round(value, 2) + 0.0:.2f}"
