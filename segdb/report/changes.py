"""What changed since the run before, in a few phrases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from segdb.charts.chart import Rows
from segdb.contract.runs import MUCH_DRIFT
from segdb.report.formatting import FEWEST, count, share
from segdb.report.published import Published

# Of the last run, from where to where; nothing where it was the first.
_MOVES = """
SELECT from_segment_id, to_segment_id, customers
FROM segdb.segment_migrations
WHERE run_id = (SELECT max(run_id) FROM segdb.runs)
    AND run_id IN (SELECT run_id FROM segdb.segment_migrations WHERE from_segment_id IS NOT NULL)
"""
_NAMES = """
SELECT segment_id, arg_max(segment, valid_from) AS segment
FROM segdb.segment_history
GROUP BY segment_id
"""
# Of the last run, what moved much; of a refresh since the model was learned.
_DRIFT = f"""
SELECT feature, psi
FROM segdb.run_drift
WHERE run_id = (SELECT max(run_id) FROM segdb.runs) AND psi > {MUCH_DRIFT}
ORDER BY psi DESC, feature
"""  # noqa: S608
# A step of the silhouette that two digits show.
_STEP = 0.01


def changes(
    run: Mapping[str, Any], before: Mapping[str, Any], published: Published
) -> tuple[str, ...]:
    """Say what changed since the run before.

    Args:
        run: the last row of ``runs``.
        before: the one before it.
        published: the tables.
    """
    text = []
    more = run["customers"] - before["customers"]
    if more:
        by = (
            f" ({more / before['customers']:+.1%})".replace("-", "−") if before["customers"] else ""
        )
        noun = "customer" if abs(more) == 1 else "customers"
        text.append(f"{count(abs(more))} {noun} {'more' if more > 0 else 'fewer'}{by}")
    if run["k"] != before["k"]:
        text.append(f"{run['k']} segments instead of {before['k']}")
    if run.get("republishes") is None:
        text += _moves(published.rows_or_empty(_MOVES), published.rows_or_empty(_NAMES))
    else:
        # The history is back at that run, and tells of the moves to it.
        text.insert(0, f"run {run['republishes']} is published again")
    if run["silhouette"] is not None and before["silhouette"] is not None:
        step = run["silhouette"] - before["silhouette"]
        if abs(step) >= _STEP:
            text.append(f"the silhouette went {'up' if step > 0 else 'down'} by {abs(step):.2f}")
    text += _drift(run, published.rows_or_empty(_DRIFT))
    return tuple(text) or ("nothing that shows in the figures",)


def _moves(moves: Rows, named: Rows) -> list[str]:
    names = {row["segment_id"]: row["segment"] for row in named}
    sizes = [_sizes(moves, "from_segment_id"), _sizes(moves, "to_segment_id")]
    old, new = sizes
    if not old or not new:
        return []
    text = _listed("new", [names[i] for i in new if i not in old and i in names])
    text += _listed("no more", [names[i] for i in old if i not in new and i in names])
    stayed = [row for row in moves if None not in (row["from_segment_id"], row["to_segment_id"])]
    moved = sum(r["customers"] for r in stayed if r["from_segment_id"] != r["to_segment_id"])
    if moved >= FEWEST:
        part = share(moved / sum(row["customers"] for row in stayed))
        text.append(f"{count(moved)} customers ({part}) are in another segment than before")
    growth = {i: new[i] - old[i] for i in new if i in old and i in names}
    for word, pick in (("grew", max), ("shrank", min)):
        if growth:
            which = pick(growth, key=lambda i: (growth[i], -i))
            if abs(growth[which]) >= FEWEST and (growth[which] > 0) == (word == "grew"):
                sign = "+" if word == "grew" else "−"
                text.append(f"{names[which]} {word} most ({sign}{count(abs(growth[which]))})")
    return text


def _drift(run: Mapping[str, Any], moved: Rows) -> list[str]:
    """Say what of the customers has moved much, where the run uses the model of an earlier one."""
    by = run.get("learned_by")
    if by is None or by == run["run_id"]:
        return []
    named = {"segment_id": "the sizes of the segments"}
    words = [named.get(row["feature"], row["feature"].replace("_", " ")) for row in moved]
    if not words:
        return [f"the model of run {by} still fits"]
    return [f"much has moved since run {by} learned the model: {', '.join(words)}"]


def _sizes(moves: Rows, side: str) -> dict[int, int]:
    counts: dict[int, int] = {}
    for row in moves:
        if row[side] is not None:
            counts[row[side]] = counts.get(row[side], 0) + row["customers"]
    return counts


def _listed(word: str, names: Sequence[str]) -> list[str]:
    return [f"{word}: {', '.join(names)}"] if names else []
