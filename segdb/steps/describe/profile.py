"""Profile: what naming looks at, of one segment and of all customers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from segdb.config.personas import MOST
from segdb.steps.describe.churn_risk import MeasuredReturn
from segdb.steps.describe.members import Members

# First quartile, median, third quartile.
Quartiles = tuple[float, float, float]
# Of each 0/1 feature of a category, the column and the value that makes it 1.
Categories = Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class AllCustomers:
    """What is known of all customers.

    Attributes:
        means: of each feature, natural units.
        medians: likewise.
        matrix: the features that made the segments.
        categories: of each 0/1 feature of a category, its column and value.
        flags: the other features that are 0 or 1.
        value: mean of what they bring; None where nothing says that.
    """

    means: Mapping[str, float]
    medians: Mapping[str, float]
    matrix: Sequence[str]
    categories: Categories = field(default_factory=dict)
    flags: Collection[str] = frozenset()
    value: float | None = None


@dataclass(frozen=True)
class Profile:
    """What naming looks at, of one segment.

    Attributes:
        means: mean of each feature, natural units; all customers' where too few have it.
        z: mean's distance from all customers' mean, in their standard deviations, by feature.
        scores: mean scores by axis (r, f, m, t, a); empty without orders.
        members: of how many of its members the playbook's claims are true.
        quartiles: of each feature that at least two thirds of the members have.
        standing: mean place over the features of the matrix, in standard deviations of that mean
            over all customers; of older playbooks alone.
        stability: mean Jaccard similarity over resamples; None where it was not measured.
        measured: who came back in a period that the segments did not see; None without one.
        alive: mean probability of being alive; None without a model of that.
    """

    means: Mapping[str, float]
    z: Mapping[str, float]
    scores: Mapping[str, float] = field(default_factory=dict)
    members: Members = field(default_factory=Members)
    quartiles: Mapping[str, Quartiles] = field(default_factory=dict)
    standing: float = 0.0
    stability: float | None = None
    measured: MeasuredReturn | None = None
    alive: float | None = None

    @property
    def place(self) -> Mapping[str, float]:
        """What is compared with the places of the playbook: the scores, and o from 1 to 5."""
        if self.members.overdue is None or not self.scores:
            return self.scores
        return {**self.scores, "o": 1.0 + 4.0 * self.members.overdue}

    def lies(self, feature: str, side: str) -> bool:
        """Whether two thirds of the members lie on a side of all customers, by a feature."""
        return self.members.sides.get((feature, side), 0.0) >= MOST


@dataclass(frozen=True)
class Named:
    """A name with what to do.

    Attributes:
        name: of the segment.
        action: what to do.
        reason: why.
        tier: the playbook's own; None to go by what the customers bring.
        outgrown: whether the name is kept from an earlier run, and its claims are not true any
            more.
    """

    name: str
    action: str
    reason: str
    tier: str | None = None
    outgrown: bool = False


def unique(names: Sequence[str], kept: Sequence[str | None]) -> list[str]:
    """Return the kept names as they are, and the others made different from them and each other."""
    used = {name for name in kept if name}
    chosen = []
    for name, kept_name in zip(names, kept, strict=True):
        candidate, number = kept_name or name, 2
        while kept_name is None and candidate in used:
            candidate, number = f"{name} {number}", number + 1
        used.add(candidate)
        chosen.append(candidate)
    return chosen
