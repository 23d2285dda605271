"""The features of one run: which, of what kind, in which order. Plain data, kept in the model."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from segdb.contract import TABLES
from segdb.errors import SettingsError, nearest
from segdb.features.basket import BASKET
from segdb.features.behaviour import BEHAVIOUR
from segdb.features.category import category_names
from segdb.features.feature import Feature
from segdb.source_schema import Reading
from segdb.user_sql import UserSQL

REGISTRY: Mapping[str, Feature] = {feature.name: feature for feature in (*BEHAVIOUR, *BASKET)}
DEFAULT = tuple(feature.name for feature in BEHAVIOUR)
# One-hot columns beyond this many describe single customers, not segments.
MOST_VALUES = 50
# Columns that stand beside the features, and so cannot be names of features: published ones,
# and those of the stages.
_RESERVED = {column.name for table in TABLES if table.features for column in table.columns}
RESERVED = re.compile(
    r"x_.*|square_\d+|mean_\d+|pc\d|component_\d+|least_square|nearest|right_id|"
    + "|".join(sorted(_RESERVED)),
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Entry:
    """One feature of a run.

    Attributes:
        name: its column in ``customer_features``, unique regardless of case.
        kind: where it comes from.
        column: the customers' column (attribute, category).
        value: the value that makes it 1 (category).
        sql: the user's aggregate (sql).
    """

    name: str
    kind: Literal["orders", "sql", "attribute", "category"]
    column: str | None = None
    value: str | None = None
    sql: str | None = None

    @property
    def unit(self) -> str:
        """Its unit, empty where only the user knows it."""
        if self.kind == "orders":
            return REGISTRY[self.name].unit
        return "share" if self.kind == "category" else ""

    @property
    def sentence(self) -> str:
        """What it is, for people."""
        match self.kind:
            case "orders":
                return REGISTRY[self.name].sentence
            case "sql":
                return f"Over a customer's kept orders: {self.sql}"
            case "attribute":
                return f"The customers' column {self.column}."
            case "category":
                return f"1 where the customers' column {self.column} is {self.value}, else 0."

    @property
    def better(self) -> Literal["higher", "lower"]:
        """Which end a business wants; the higher one unless the registry knows better."""
        return REGISTRY[self.name].better if self.kind == "orders" else "higher"


@dataclass(frozen=True)
class Catalogue:
    """All features of a run, in the order of the matrix."""

    entries: tuple[Entry, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The features' names, in order."""
        return tuple(entry.name for entry in self.entries)

    def of(self, *kinds: str) -> tuple[Entry, ...]:
        """The features of these kinds, in order."""
        return tuple(entry for entry in self.entries if entry.kind in kinds)

    def value(self, named: tuple[str, ...]) -> tuple[str, ...]:
        """The features whose sum says what a customer brings; empty where nothing says it.

        Args:
            named: those of the settings, which stand for the revenue.
        """
        return named or tuple(name for name in self.names if name == "monetary")

    def user_sql(self) -> tuple[UserSQL, ...]:
        """The user's own aggregates, parsed."""
        return tuple(
            UserSQL.parse(entry.name, entry.sql or "", "features.sql", aggregate=True)
            for entry in self.of("sql")
        )

    def to_dict(self) -> list[dict[str, Any]]:
        """Return it as JSON-ready values."""
        return [asdict(entry) for entry in self.entries]

    @classmethod
    def from_dict(cls, values: Iterable[Mapping[str, Any]]) -> Catalogue:
        """Return the catalogue that ``to_dict`` gave."""
        return cls(tuple(Entry(**entry) for entry in values))


def order_entries(
    use: tuple[str, ...] | None, sql: Mapping[str, str], reading: Reading
) -> tuple[Entry, ...]:
    """Return the features of the orders: those named, or the default, and the user's own.

    Raises:
        SettingsError: a feature does not exist, or its role has no column.
    """
    roles = set(reading.roles)
    for name in use or ():
        if name not in REGISTRY:
            raise SettingsError(
                f"[features] use: there is no feature '{name}'." + nearest(name, REGISTRY)
            )
        lacking = sorted(REGISTRY[name].roles - roles)
        if lacking:
            raise SettingsError(
                f"[features] use: '{name}' needs a column for {lacking[0]}. Name it in [columns]."
            )
    for name in sql:
        if not name.strip():
            raise SettingsError("[features.sql] has a feature without a name.")
        if RESERVED.fullmatch(name) or name.lower() in REGISTRY:
            raise SettingsError(f"[features.sql] {name}: the name is taken; choose another.")
    folded = [name.lower() for name in sql]
    for name in sql:
        if folded.count(name.lower()) > 1:
            raise SettingsError(
                f"[features.sql] {name}: there are two of this name; SQL's names ignore case."
            )
    chosen = DEFAULT if use is None else use
    entries = [Entry(name, "orders") for name in dict.fromkeys(chosen)]
    entries += [Entry(name, "sql", sql=text) for name, text in sql.items()]
    return tuple(entries)


def customer_entries(
    attributes: Iterable[str],
    levels: Mapping[str, Iterable[str]],
    used_names: Iterable[str],
    known: Mapping[tuple[str, str], str] | None = None,
) -> tuple[Entry, ...]:
    """Return the features of the customers table.

    Args:
        attributes: its numeric columns.
        levels: of each categorical column, its values.
        used_names: names that the orders' features have already.
        known: of each column and value of an earlier run its feature's name, which it keeps.

    Raises:
        SettingsError: a categorical column has more than 50 values.
    """
    used = {name.lower() for name in used_names}
    entries = [Entry(_free(column, used), "attribute", column) for column in attributes]
    listed = [(column, value) for column, values in levels.items() for value in values]
    for column, count in Counter(column for column, _ in listed).items():
        if count > MOST_VALUES:
            raise SettingsError(
                f"[features] categories: {column} has {count} values, more than "
                f"{MOST_VALUES}; one 0/1 feature each would drown the rest. Group them in a SELECT."
            )
    there = set(listed)
    kept = {
        of: _free(name, used)
        for of, name in (known or {}).items()
        if of in there and name.lower() not in used
    }
    for column in levels:
        values = [value for one, value in listed if one == column]
        for value, name in zip(values, category_names(column, values), strict=True):
            own = kept.get((column, value)) or _free(name, used)
            entries.append(Entry(own, "category", column, value))
    return tuple(entries)


def _free(name: str, used: set[str]) -> str:
    base = f"customer_{name}" if RESERVED.fullmatch(name) else name
    candidate, number = base, 2
    while candidate.lower() in used:
        candidate, number = f"{base}_{number}", number + 1
    used.add(candidate.lower())
    return candidate
