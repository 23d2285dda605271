"""A segment's rule in words, for those who do not read SQL."""

from __future__ import annotations

import math
from collections.abc import Collection

from segdb.charts.labels import Look
from segdb.report.formatting import Forms
from segdb.segment_rule import Bounds, Rule


def in_words(
    rule: Rule, look: Look, forms: Forms, flags: Collection[str]
) -> tuple[tuple[str, ...], ...]:
    """Return a rule's alternatives, each as its conditions in words.

    Args:
        rule: alternatives of bounds on features.
        look: names and units of the features.
        forms: how values are written.
        flags: features that are 0 or 1.
    """
    return tuple(tuple(_in_words(bounds, look, forms, flags) for bounds in part) for part in rule)


def _in_words(bounds: Bounds, look: Look, forms: Forms, flags: Collection[str]) -> str:
    name, unit = look.name(bounds.feature), look.units.get(bounds.feature, "")
    if bounds.feature in flags:
        return f"{name}: {'yes' if math.isfinite(bounds.above) else 'no'}"
    limits = (("over", bounds.above), ("at most", bounds.at_most))
    words = [f"{word} {forms.measure(x, unit)}" for word, x in limits if math.isfinite(x)]
    return f"{name} {', '.join(words)}{' or not known' if bounds.or_missing else ''}"
