"""The look of one report: which colour each segment has, and how features are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import altair as alt

from segdb.charts.theme import SEGMENTS, SOFT
from segdb.formats.currency import symbol

# A longer value of a category is cut.
_LONGEST = 40


@dataclass(frozen=True)
class Look:
    """What the charts of one report share.

    Attributes:
        segments: the segments' numbers, in the order of the page.
        units: unit of each feature, by its name.
        currency: as in the settings.
        values: of each 0/1 feature of a category, its column and value.
    """

    segments: tuple[int, ...]
    units: Mapping[str, str]
    currency: str = ""
    values: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @cached_property
    def places(self) -> dict[int, int]:
        """The place from 1 in the palette of each segment.

        It follows from the segment's number, so that a segment keeps its colour from run to run;
        where two numbers meet on one colour, the later one takes the next free.
        """
        size = len(SEGMENTS)
        counts: dict[int, int] = {}
        for segment_id in sorted(self.segments):
            wished = (segment_id - 1) % size
            free = [(wished + step) % size for step in range(size)]
            used = {place - 1 for place in counts.values()}
            counts[segment_id] = 1 + next((place for place in free if place not in used), wished)
        return counts

    def colour(self, gone: Sequence[int] = ()) -> alt.Color:
        """Return the colour channel of segments, and of those that are no more."""
        domain = [*self.places, *gone]
        colours = [*(f"var(--s{place})" for place in self.places.values()), *[SOFT] * len(gone)]
        return alt.Color("segment_id:N", scale=alt.Scale(domain=domain, range=colours), legend=None)

    def name(self, feature: object) -> str:
        """Return a feature's name as people read it, without its unit."""
        name = str(feature)
        if name in self.values:
            column, value = self.values[name]
            cut = value if len(value) <= _LONGEST else f"{value[: _LONGEST - 1].rstrip()}…"
            return f"{_readable(column)} {cut}".rstrip()
        unit = self.units.get(name, "")
        return _readable(name.removesuffix(f"_{unit}") if unit else name)

    def label(self, feature: object) -> str:
        """Return a feature's name as people read it, with its unit."""
        unit = self.units.get(str(feature), "") if feature not in self.values else ""
        if unit == "currency":
            unit = symbol(self.currency)
        return f"{self.name(feature)} ({unit})" if unit else self.name(feature)


def _readable(name: str) -> str:
    words = name.replace("_", " ").strip() or name
    first = words.split(" ")[0]
    return f"{words[0].upper()}{words[1:]}" if first.islower() else words
