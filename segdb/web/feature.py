"""Feature: a feature of the customers as forms and tables show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from segdb.charts.labels import Look
from segdb.model import Model
from segdb.report.cards import flags_of
from segdb.report.published import Published

# Of the features of orders: units that are counted, and days that are whole.
_WHOLE_UNITS = {"orders", "months", "categories"}
_WHOLE_DAYS = {"recency_days", "tenure_days"}
# Nobody can have come earlier or later.
_FIXED = {"tenure_days"}
_STATISTICS = "SELECT * FROM segdb.feature_statistics"


@dataclass(frozen=True)
class Feature:
    """A feature.

    Attributes:
        name: its column.
        label: as people read it, with its unit.
        unit: its unit; empty where only its maker knows.
        flag: whether it is 0 or 1.
        whole: whether it counts something.
        sentence: what it is.
        fixed: whether it cannot change by itself: one of the values of a category, of which a
            customer has one, or the day of the first order.
        position: its place in the matrix; None where it stays out.
        mean: of all customers.
        minimum: the least of all customers.
        p05: of all customers, five in a hundred are below.
        median: of all customers.
        p95: of all customers, five in a hundred are above.
        maximum: the most of all customers.
    """

    name: str
    label: str
    unit: str
    flag: bool
    whole: bool
    sentence: str
    fixed: bool
    position: int | None
    mean: float | None
    minimum: float | None
    p05: float | None
    median: float | None
    p95: float | None
    maximum: float | None

    @property
    def typical(self) -> float | None:
        """What is typical of all customers: of what is yes or no the share, else the median."""
        return self.mean if self.flag else self.median

    @property
    def step(self) -> str:
        """The step of a number field."""
        return "1" if self.flag or self.whole else "any"


def features_of(published: Published, model: Model, look: Look) -> tuple[Feature, ...]:
    """Return the features of a run, in the model's order."""
    statistics = {row["feature"]: row for row in published.rows_or_empty(_STATISTICS)}
    flags = flags_of(published)
    positions = {p.feature: place for place, p in enumerate(model.matrix)}
    return tuple(
        _feature(entry, statistics[entry.name], look, positions.get(entry.name), flags)
        for entry in model.catalogue.entries
        if entry.name in statistics
    )


def _feature(
    entry: Any, row: dict[str, Any], look: Look, position: int | None, flags: set[str]
) -> Feature:
    name = entry.name
    flag = name in flags or entry.kind == "category"
    return Feature(
        name=name,
        label=look.name(name) if flag else look.label(name),
        unit=row["unit"] or "",
        flag=flag,
        whole=entry.kind == "orders" and (row["unit"] in _WHOLE_UNITS or name in _WHOLE_DAYS),
        sentence=entry.sentence,
        fixed=entry.kind == "category" or (entry.kind == "orders" and name in _FIXED),
        position=position,
        **{key: row.get(key) for key in ("mean", "minimum", "p05", "median", "p95", "maximum")},
    )
