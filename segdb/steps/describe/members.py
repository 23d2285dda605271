"""Members: of how many customers of each segment the playbook's claims are true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import ibis
import ibis.expr.types as ir

from segdb.config.personas import Playbook, about
from segdb.engines.protocol import Database
from segdb.expressions import members as expressions
from segdb.expressions.profile import total_value
from segdb.expressions.quantiles import quantiles
from segdb.features.rfm import SCORES, scores
from segdb.model import Model
from segdb.steps.describe.wording import readable

# With fewer customers who have a rhythm a shop has no usual gap.
FEWEST_GAPS = 5
# Then the playbook's claims count with so many days.
_UNKNOWN_GAP = 60.0
# By side, the measure of all customers and whether the claim is to lie above it.
SIDES: Mapping[str, tuple[str, bool]] = {
    "above": ("median", True),
    "below": ("median", False),
    "far above": ("p75", True),
    "far below": ("p25", False),
}


@dataclass(frozen=True)
class Members:
    """What is true of the members of one segment.

    Attributes:
        scores: mean scores by axis (r, f, m), of five; empty without orders.
        overdue: share with no order for over twice their mean gap; None where nobody has one.
        rhythm: share with orders on different days.
        gaps: quartiles of their own mean gaps, days; None where nobody has one.
        traits: by the traits that a persona claims, the share who have all of them.
        signs: by a sign's place in the playbook, the share of whom it is true.
        sides: by feature and side of all customers (``SIDES``, and ``near``: within a standard
            deviation of the mean), the share who lie there.
        value: mean of what they bring; None where nothing says that.
    """

    scores: Mapping[str, float] = field(default_factory=dict)
    overdue: float | None = None
    rhythm: float = 0.0
    gaps: tuple[float, float, float] | None = None
    traits: Mapping[tuple[str, ...], float] = field(default_factory=dict)
    signs: Mapping[int, float] = field(default_factory=dict)
    sides: Mapping[tuple[str, str], float] = field(default_factory=dict)
    value: float | None = None


@dataclass(frozen=True)
class MembersOfAll:
    """What is known of the members of every segment.

    Attributes:
        by_segment: in the order of ``nearest``; a segment that nobody is in is missing.
        usual_gap: median of the customers' own mean gaps, days; None where too few have one.
    """

    by_segment: Mapping[int, Members]
    usual_gap: float | None


def members_of(
    store: Database,
    assigned: ir.Table,
    model: Model,
    whole: Mapping[str, Any],
    playbook: Playbook,
    value: Sequence[str],
) -> MembersOfAll:
    """Ask of every segment, in one aggregate, of how many of its members each claim is true.

    Args:
        store: where the customers are.
        assigned: every feature in natural units, with ``nearest``.
        model: whose segments they are.
        whole: what ``statistics`` gave of all customers.
        playbook: whose claims are asked.
        value: the features that say what a customer brings.
    """
    table = expressions.with_rhythm(assigned)
    gap = _usual_gap(store, table)
    claims = {
        **_traits(table, model, whole, playbook, gap),
        **_signs(table, model, whole, playbook),
        **_sides(table, model, whole),
    }
    numbered = {f"share_{i}": claim for i, claim in enumerate(claims.values())}
    columns = {
        **expressions.shares(numbered),
        "rhythm": table[expressions.OWN_GAP].notnull().cast("float64").mean(),
    }
    levels = quantiles(table[expressions.OWN_GAP], [0.25, 0.5, 0.75])
    columns |= {f"gap_{i}": level for i, level in enumerate(levels)}
    if value:
        columns["value"] = total_value(table, value).mean()
    rows = {row["nearest"]: row for row in store.rows(table.group_by("nearest").agg(**columns))}
    behaviour = _behaviour(store, table, model)
    return MembersOfAll(
        {
            place: _members(row, behaviour.get(place, {}), tuple(claims))
            for place, row in rows.items()
        },
        gap,
    )


def _members(
    row: Mapping[str, Any], behaviour: Mapping[str, Any], claims: Sequence[tuple[Any, ...]]
) -> Members:
    first, second, third = (row[f"gap_{i}"] for i in range(3))
    by_kind: dict[str, dict[Any, float]] = {"traits": {}, "signs": {}, "sides": {}}
    for i, (kind, *key) in enumerate(claims):
        by_kind[kind][key[0]] = float(row.get(f"share_{i}") or 0.0)
    return Members(
        scores={axis: behaviour[axis] for axis in "rfm" if behaviour.get(axis) is not None},
        overdue=behaviour.get("overdue"),
        rhythm=float(row["rhythm"] or 0.0),
        gaps=None if first is None else (first, second, third),
        value=row.get("value"),
        **by_kind,
    )


def _usual_gap(store: Database, table: ir.Table) -> float | None:
    row = store.rows(expressions.usual_gap(table))[0]
    return float(row["gap"]) if row["customers"] >= FEWEST_GAPS else None


def _traits(
    table: ir.Table,
    model: Model,
    whole: Mapping[str, Any],
    playbook: Playbook,
    gap: float | None,
) -> dict[tuple[Any, ...], ir.BooleanValue]:
    names = model.catalogue.names
    known = {("median", n): whole[f"median_{i}"] for i, n in enumerate(names)}
    unit = {key: float(size) for key, size in known.items() if size is not None}
    unit |= {("gap", name): _UNKNOWN_GAP if gap is None else gap for name in names}
    flags = {name: expressions.has(table, trait, unit) for name, trait in playbook.traits.items()}
    claims: dict[tuple[Any, ...], ir.BooleanValue] = {}
    for persona in playbook.personas:
        if persona.when:
            claim = flags[persona.when[0]]
            for name in persona.when[1:]:
                claim = claim & flags[name]
            claims["traits", persona.when] = claim
    return claims


def _signs(
    table: ir.Table, model: Model, whole: Mapping[str, Any], playbook: Playbook
) -> dict[tuple[Any, ...], ir.BooleanValue]:
    places = {name: i for i, name in enumerate(model.catalogue.names)}
    categories = {entry.name for entry in model.catalogue.of("category")}
    named = {readable(p.feature): p.feature for p in model.matrix if p.feature not in categories}

    def lies(words: tuple[str, ...], *, high: bool) -> ir.BooleanValue:
        features = [named[name] for name in about(words, named)]
        standard = {
            f: (whole[f"median_{places[f]}"] or 0.0, whole[f"sd_{places[f]}"] or 0.0)
            for f in features
        }
        if not standard:
            return ibis.literal(False)
        return expressions.on_the_whole(table, standard, high=high)

    claims: dict[tuple[Any, ...], ir.BooleanValue] = {}
    for place, sign in enumerate(playbook.signs):
        parts = [lies(words, high=True) for words in sign.high]
        parts += [lies(words, high=False) for words in sign.low]
        claim = parts[0]
        for part in parts[1:]:
            claim = claim & part
        claims["signs", place] = claim
    return claims


def _sides(
    table: ir.Table, model: Model, whole: Mapping[str, Any]
) -> dict[tuple[Any, ...], ir.BooleanValue]:
    categories = {entry.name for entry in model.catalogue.of("category")}
    claims: dict[tuple[Any, ...], ir.BooleanValue] = {}
    for i, name in enumerate(model.catalogue.names):
        if name in categories or whole[f"median_{i}"] is None:
            continue
        # Orders of one day are no rhythm, and the feature counts them.
        column = table[expressions.OWN_GAP if name == "days_between_orders" else name]
        for side, (level, above) in SIDES.items():
            limit = float(whole[f"{level}_{i}"])
            claims["sides", (name, side)] = expressions.lies(column, limit, above=above)
        mean, sd = float(whole[f"mean_{i}"]), float(whole[f"sd_{i}"] or 0.0)
        close = ((column - mean).abs() <= sd).fill_null(False)
        claims["sides", (name, "near")] = close
    return claims


def _behaviour(store: Database, table: ir.Table, model: Model) -> dict[int, dict[str, Any]]:
    """Return by segment the mean scores, and the share that is overdue."""
    names = model.catalogue.names
    # Recency alone, as an attribute may be called, says nothing of how they buy.
    if "recency_days" not in names or len(model.score_edges) < 2:
        return {}
    scored = scores(table, model.score_edges, model.rfm)
    columns = {
        column[0]: _of_five(scored[column].cast("float64").mean(), model.score_edges[feature])
        for column, feature, _ in SCORES
        if feature in model.score_edges
    }
    if expressions.own_gap(scored) is not None:
        gap = scored[expressions.OWN_GAP]
        if "days_between_orders" in names:
            fill = next(p.fill for p in model.parameters if p.feature == "days_between_orders")
            # A fill of 0 is no gap: nobody has one, or the settings fill with zero.
            gap = gap.fill_null(fill) if fill else gap
        late = scored.recency_days > 2.0 * ibis.greatest(gap, 1.0)
        columns["overdue"] = late.cast("float64").mean(where=gap.notnull())
    rows = store.rows(scored.group_by("nearest").agg(**columns))
    return {row["nearest"]: row for row in rows}


def _of_five(mean: ir.FloatingScalar, edges: Sequence[float]) -> ir.FloatingScalar:
    """Return a mean score as one of the playbook's, from 1 to 5, however many scores there are."""
    return mean if len(edges) == 4 else 1.0 + (mean - 1.0) * 4.0 / len(edges)
