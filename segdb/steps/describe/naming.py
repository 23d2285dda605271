"""Naming: names, tiers, risks and actions for the segments, from what is true of their members."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from segdb.config.personas import Playbook
from segdb.steps.describe.attribute_names import of_attributes
from segdb.steps.describe.churn_risk import ChurnRisk, churn_risk
from segdb.steps.describe.order_names import of_orders
from segdb.steps.describe.profile import AllCustomers, Named, Profile
from segdb.steps.describe.summary_text import summary
from segdb.steps.describe.tiers import tier

# Below this stability a segment is weak (Hennig 2007, on the mean Jaccard similarity).
WEAK = 0.6
_DEMOTED = "This segment is weak: try it on some of them first. "
_WEAK_WORDS = "Weak: other customers would give other segments"
_EARLIER = " Its name is that of an earlier run."


@dataclass(frozen=True)
class SegmentDescription:
    """What a segment is called and what to do with it.

    Attributes:
        name: unique among the segments.
        tier: premium, regular or low engagement; None where nothing says what they bring.
        value: mean of what its customers bring; None likewise.
        summary: what sets it apart.
        churn: the risk that its customers do not come back.
        overdue: share of customers with no order for over twice their mean gap; None without one.
        action: what to do.
        reason: why.
    """

    name: str
    tier: str | None
    value: float | None
    summary: str
    churn: ChurnRisk
    overdue: float | None
    action: str
    reason: str


def describe(
    profiles: Sequence[Profile],
    kept: Sequence[str | None],
    customers: AllCustomers,
    playbook: Playbook,
) -> tuple[SegmentDescription, ...]:
    """Name the segments and say what to do with each.

    Args:
        profiles: one a segment, in the order of the segments.
        kept: the name that a segment has from the last run; None for a new one.
        customers: all of them.
        playbook: names and actions, each with its claims.
    """
    tiers = [
        tier(p.members.value, customers.value, seldom=p.z.get("frequency", -1.0) < 0.0)
        for p in profiles
    ]
    if all(profile.scores for profile in profiles):
        named = of_orders(profiles, kept, customers, playbook)
    else:
        named = of_attributes(profiles, kept, customers, playbook, tiers)
    return tuple(
        _described(profile, words, customers, by_value)
        for profile, words, by_value in zip(profiles, named, tiers, strict=True)
    )


def _described(
    profile: Profile, words: Named, customers: AllCustomers, by_value: str | None
) -> SegmentDescription:
    text = summary(profile, customers)
    weak = profile.stability is not None and profile.stability < WEAK
    if words.outgrown:
        text += _EARLIER
    if weak:
        text += f" {_WEAK_WORDS} (stability {profile.stability:.2f})."
    return SegmentDescription(
        name=words.name,
        tier=words.tier or by_value,
        value=profile.members.value,
        summary=text,
        churn=churn_risk(profile.measured, profile.alive),
        overdue=profile.members.overdue,
        action=_DEMOTED * weak + words.action,
        reason=words.reason,
    )


def score(value: float, quantiles: Sequence[float]) -> float:
    """Place a value between 1 and 5 by the quintile edges of all customers."""
    return 1.0 + bisect_right(list(quantiles), value) * 4.0 / len(quantiles)
