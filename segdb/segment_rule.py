"""Segment rule: bounds on features that find a segment's customers, as data and as SQL.

The SQL is published; ``from_sql`` reads it back for a report that says the rule in words.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace

from segdb.features.catalogue import REGISTRY
from segdb.sql_text import quoted

_NAME = r'(?:"(?:[^"]|"")+"|[A-Za-z_]\w*)'
_NUMBER = r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?"
_BOUND = rf"{_NAME} (?:<=|>|=) {_NUMBER}"
_OR_MISSING = rf"\({_NAME} IS NULL OR {_BOUND}(?: AND {_BOUND})?\)"
_TERM = rf"(?:{_OR_MISSING}|{_BOUND})"
_PART = rf"{_TERM}(?: AND {_TERM})*"
_RULE = re.compile(rf"{_PART}|\({_PART}\)(?: OR \({_PART}\))+")


@dataclass(frozen=True)
class Bounds:
    """Bounds on one feature, in natural units.

    Attributes:
        feature: its name.
        above: it is greater; minus infinity where nothing bounds it from below.
        at_most: it is not greater; infinity where nothing bounds it from above.
        or_missing: whether customers without the feature pass.
        flag: whether the feature is 0 or 1, and the SQL asks for which.
    """

    feature: str
    above: float = -math.inf
    at_most: float = math.inf
    or_missing: bool = False
    flag: bool = False


# Alternatives; in each, bounds that all hold, one a feature.
Rule = tuple[tuple[Bounds, ...], ...]


def to_sql(rule: Rule) -> str:
    """Return a rule as a predicate over ``customer_features``, for a WHERE."""
    parts = [" AND ".join(map(_bounds_sql, part)) for part in rule]
    return parts[0] if len(parts) == 1 else " OR ".join(f"({part})" for part in parts)


def from_sql(text: str) -> Rule:
    """Return the rule of which this is the SQL; no alternative where it is not of ``to_sql``."""
    if not _RULE.fullmatch(text):
        return ()
    single = re.fullmatch(_PART, text)
    parts = [text] if single else re.findall(rf"\(({_PART})\)(?: OR |$)", text)
    rule = tuple(_bounds_of(part) for part in parts)
    return rule if all(rule) else ()


def _bounds_sql(bounds: Bounds) -> str:
    name = bounds.feature if bounds.feature in REGISTRY else quoted(bounds.feature)
    if bounds.flag:
        return f"{name} = {int(bounds.above < 1.0 <= bounds.at_most)}"
    limits = ((">", bounds.above), ("<=", bounds.at_most))
    text = " AND ".join(f"{name} {sign} {_number(x)}" for sign, x in limits if math.isfinite(x))
    # A comparison with NULL holds nowhere.
    return f"({name} IS NULL OR {text})" if bounds.or_missing else text


def _number(value: float) -> str:
    return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else repr(value)


def _bounds_of(part: str) -> tuple[Bounds, ...]:
    """Return the bounds of one alternative; none where NULL is asked of another feature."""
    by_name: dict[str, Bounds] = {}
    for term in re.findall(_TERM, part):
        missing = re.fullmatch(rf"\(({_NAME}) IS NULL OR (.+)\)", term)
        limits = re.findall(rf"({_NAME}) (<=|>|=) ({_NUMBER})", missing[2] if missing else term)
        if missing and {name for name, *_ in limits} != {missing[1]}:
            return ()
        for name, sign, limit in limits:
            feature = name[1:-1].replace('""', '"') if name.startswith('"') else name
            bounds = by_name.get(name, Bounds(feature, or_missing=bool(missing)))
            by_name[name] = _with(bounds, sign, float(limit))
    return tuple(by_name.values())


def _with(bounds: Bounds, sign: str, limit: float) -> Bounds:
    if sign == ">":
        return replace(bounds, above=limit)
    if sign == "<=":
        return replace(bounds, at_most=limit)
    flag = replace(bounds, flag=True)
    return replace(flag, above=0.5) if limit else replace(flag, at_most=0.5)
