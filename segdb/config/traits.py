"""Traits: what can be said of a customer, as comparisons of features; data of the playbook."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from segdb.errors import nearest

Unit = Literal["", "median", "gap"]
Operator = Literal["<=", ">=", "<", ">"]
# Not a feature of the catalogue: the days since the last order in the customer's own mean gaps.
GAPS_SINCE_LAST = "gaps_since_last"

_COMPARISON = re.compile(r"(\w+) (<=|>=|<|>) (-?\d+(?:\.\d+)?)(?: (median|gap))?")


@dataclass(frozen=True)
class Comparison:
    """One feature of a customer against a number.

    Attributes:
        feature: of the run, or ``gaps_since_last``; where the run lacks it, nothing holds.
        operator: how they compare.
        number: in the feature's unit, or of ``unit``.
        unit: empty; ``median`` for times all customers' median of the feature; ``gap`` for times
            the median of the customers' own mean gaps between orders, in days (60 where too few
            have one).
    """

    feature: str
    operator: Operator
    number: float
    unit: Unit = ""


# All alternatives of which one has to hold; a trait is several of them, which all have to.
Trait = tuple[tuple[Comparison, ...], ...]


def trait_of(texts: Iterable[str]) -> Trait:
    """Return the trait of texts such as "recency_days <= 30 or recency_days <= 1.5 gap".

    Raises:
        ValueError: a text is no such comparison.
    """
    trait = tuple(
        tuple(_comparison(alternative, text) for alternative in text.split(" or "))
        for text in ([texts] if isinstance(texts, str) else texts)
    )
    if not trait:
        raise ValueError("a trait has no comparison")
    return trait


def names_of(when: object, traits: Mapping[str, Trait], of: str) -> tuple[str, ...]:
    """Return the names of traits that something asks for.

    Raises:
        ValueError: it is no list of names, or there is no such trait.
    """
    if not isinstance(when, list) or not all(isinstance(name, str) for name in when):
        raise ValueError(f'the `when` of {of} takes a list of traits, such as ["often"]')
    for name in when:
        if name not in traits:
            meant = nearest(name, traits).rstrip(".")
            raise ValueError(f"{of} asks for '{name}', which is not in [traits].{meant}")
    return tuple(when)


def _comparison(alternative: str, text: str) -> Comparison:
    parts = _COMPARISON.fullmatch(alternative.strip())
    if parts is None:
        raise ValueError(
            f'the trait "{text}" is no comparison such as "frequency >= 4", "monetary > 1 median" '
            'or "recency_days <= 2 gap"'
        )
    feature, operator, number, unit = parts.groups()
    return Comparison(feature, operator, float(number), unit or "")  # type: ignore[arg-type]
