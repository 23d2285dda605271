"""Personas: how segments may be named, what to do with them, and of whom each sentence holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from segdb.config.traits import Trait

TIERS = ("premium", "regular", "low engagement")
AXES = frozenset("rfmtoa")
# A sentence is said of a segment where it is true of at least so many of its members.
MOST = 2 / 3


@dataclass(frozen=True)
class Persona:
    """A persona of customers with orders.

    Attributes:
        name: what the segment is called.
        place: mean scores, 1 to 5, by axis: r, f, m, t for tenure, a for the average order value,
            and o for overdue.
        action: what to do.
        reason: why.
        tier: one of ``TIERS``, the user's own; None to go by what the customers bring.
        when: traits that name, action and reason claim; empty where nothing is claimed.
        least: the share of the members who must have all of them.
        wins: features whose mean, so many standard deviations from that of all customers, makes
            this the persona wherever its claims hold; below the mean a negative number.
    """

    name: str
    place: Mapping[str, float]
    action: str
    reason: str
    tier: str | None = None
    when: tuple[str, ...] = ()
    least: float = MOST
    wins: Mapping[str, float] = field(default_factory=dict)

    def holds(self, shares: Mapping[tuple[str, ...], float]) -> bool:
        """Whether its claims are true of a segment.

        Args:
            shares: by the names of traits, the share of the members who have all of them.
        """
        return not self.when or shares.get(self.when, 0.0) >= self.least

    def dominance(self, z: Mapping[str, float]) -> float:
        """Return how far the dominant trait stands out, in standard deviations; 0 if it does not.

        Args:
            z: distance of each feature's mean from that of all customers.
        """
        far = [
            abs(z[name])
            for name, limit in self.wins.items()
            if name in z and (z[name] <= limit if limit < 0 else z[name] >= limit)
        ]
        return max(far, default=0.0)


# Where no persona's claims hold; the name then is what sets the segment apart.
OTHERWISE = Persona(
    "Others",
    {},
    "Look at what sets them apart, and offer what goes with it.",
    "None of the usual descriptions is true of two thirds of them.",
)


@dataclass(frozen=True)
class Tier:
    """What to do with a segment of attributes alone, where no sign says more.

    Attributes:
        tier: one of ``TIERS``; None for any segment.
        above: of older playbooks: the least mean place over the features, in standard deviations
            of that mean over all customers. None: it goes by the tier of what they bring.
        action: what to do.
        reason: why.
    """

    tier: str | None
    above: float | None
    action: str
    reason: str


@dataclass(frozen=True)
class AdviceRule:
    """What to do with a segment of attributes where some of them stand out.

    Attributes:
        high: beginnings of words, one tuple a subject; the features about each lie above the mean.
        low: likewise; they lie below it.
        action: what to do.
        reason: why.
    """

    high: tuple[tuple[str, ...], ...]
    low: tuple[tuple[str, ...], ...]
    action: str
    reason: str

    def fits(self, places: Mapping[str, float], far: float) -> bool:
        """Whether all of it holds.

        Args:
            places: of each feature's name in words, the distance from the mean in standard
                deviations.
            far: from this distance on a subject stands out.
        """
        above = all(_mean_place(words, places) >= far for words in self.high)
        return above and all(_mean_place(words, places) <= -far for words in self.low)


@dataclass(frozen=True)
class Playbook:
    """The personas of orders; of attributes the tiers' advice, and the signs.

    Attributes:
        personas: of segments made of orders.
        standings: of segments made of attributes alone; of older playbooks, from the highest down.
        signs: what of the attributes says more than that; the first that fits counts.
        traits: what the personas claim, by name.
        otherwise: for segments of orders of which no persona's claims hold.
    """

    personas: tuple[Persona, ...]
    standings: tuple[Tier, ...]
    signs: tuple[AdviceRule, ...] = ()
    traits: Mapping[str, Trait] = field(default_factory=dict)
    otherwise: Persona = OTHERWISE

    @property
    def by_place(self) -> bool:
        """Whether the tiers of attributes go by mean places, as in playbooks of before 1.1."""
        return any(standing.above is not None for standing in self.standings)

    def standing(self, place: float, tier: str | None = None) -> Tier:
        """Return what is to be done by a mean place, or by what the customers bring.

        Args:
            place: the mean place over the features; of older playbooks alone.
            tier: by what the customers bring; None where nothing says it.
        """
        if self.by_place:
            return next((s for s in self.standings if place > (s.above or 0.0)), self.standings[-1])
        own = next((s for s in self.standings if s.tier == tier), None)
        general = own or next((s for s in self.standings if s.tier is None), self.standings[-1])
        return replace(general, tier=tier)

    def advice(
        self, standing: Tier, places: Mapping[str, float], far: float, true: Mapping[int, float]
    ) -> Tier:
        """Return a standing with what the first sign says to do that fits and is true.

        Args:
            standing: what is to be done without a sign.
            places: of each feature's name in words, the distance from the mean in standard
                deviations.
            far: from this distance on a subject stands out.
            true: by a sign's place, the share of the members of whom it is true.
        """
        for place, sign in enumerate(self.signs):
            if sign.fits(places, far) and true.get(place, 0.0) >= MOST:
                return replace(standing, action=sign.action, reason=sign.reason)
        return standing


def about(words: tuple[str, ...], names: Mapping[str, object]) -> list[str]:
    """Return the names with a word that begins as one of these do."""
    return [name for name in names if any(w.startswith(words) for w in name.split())]


def _mean_place(words: tuple[str, ...], places: Mapping[str, float]) -> float:
    """Return the mean place of the features about a subject; 0 without any."""
    own = [places[name] for name in about(words, places)]
    return sum(own) / len(own) if own else 0.0
