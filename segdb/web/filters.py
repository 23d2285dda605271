"""Filters: which customers a list has, read from the address of the page and written as SQL.

What is typed never becomes a part of the SQL: segments are whole numbers, bounds are numbers, and
columns are those of the run.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from segdb.errors import UserError, nearest
from segdb.sql_text import literal, quoted
from segdb.web.feature import Feature

LEAST, MOST = "min.", "max."
# Beside the features: columns of customer_value and of segments that a list may be bounded by.
VALUE_COLUMNS = {
    "expected_value": "Expected revenue",
    "expected_orders": "Expected orders",
    "p_alive": "Probability to be active (0 to 1)",
    "value_at_risk": "Value at risk",
}
MARGIN_COLUMN = {"margin": "Margin: how clear the case is (0 to 1)"}


@dataclass(frozen=True)
class Bound:
    """The values of a column that are let through.

    Attributes:
        column: its name.
        least: from here; None without a bound.
        most: up to here; None without a bound.
    """

    column: str
    least: float | None
    most: float | None

    @property
    def sql(self) -> str:
        """The condition."""
        parts = []
        if self.least is not None:
            parts.append(f"{quoted(self.column)} >= {_number(self.least)}")
        if self.most is not None:
            parts.append(f"{quoted(self.column)} <= {_number(self.most)}")
        return " AND ".join(parts)


@dataclass(frozen=True)
class ListFilter:
    """Which customers are on a list.

    Attributes:
        segments: numbers of segments; empty for all.
        bounds: of features and of expected value.
        entered: whether they came into their segment with the last run.
        schema: where the tables are.
        features: the columns of features, in order.
        value: whether customer value is there.
    """

    segments: tuple[int, ...]
    bounds: tuple[Bound, ...]
    entered: bool
    schema: str
    features: tuple[str, ...]
    value: bool

    @property
    def conditions(self) -> tuple[str, ...]:
        """The conditions, as SQL."""
        parts = []
        if self.segments:
            parts.append(f"segment_id IN ({', '.join(map(str, self.segments))})")
        if self.entered:
            place = f"{quoted(self.schema)}.entered_segment"
            runs = f"SELECT max(run_id) FROM {quoted(self.schema)}.runs"  # noqa: S608 - quoted
            # A first run is entered by everyone, and nobody moved.
            parts.append(
                f"customer_id IN (SELECT customer_id FROM {place} WHERE run_id = ({runs}) "  # noqa: S608
                "AND previous_segment IS NOT NULL)"
            )
        return (*parts, *(bound.sql for bound in self.bounds))

    @property
    def rows_sql(self) -> str:
        """The SELECT of exactly the list, in an order that stays."""
        names = ["customer_id", "segment_id", "segment", "margin", *self.features]
        names += ["expected_value", "expected_orders", "p_alive"] if self.value else []
        columns = ",\n    ".join(map(quoted, names))
        order = "ORDER BY " + ("expected_value DESC NULLS LAST, " if self.value else "")
        return f"SELECT\n    {columns}\n{self._from}\n{order}customer_id"

    @property
    def totals_sql(self) -> str:
        """The SELECT of how many they are, and what they bring."""
        revenue = "sum(monetary)" if "monetary" in self.features else "NULL"
        expected = "sum(expected_value)" if self.value else "NULL"
        return (
            f"SELECT count(*) AS customers, {revenue} AS revenue, {expected} AS expected\n"
            f"{self._from}"
        )

    @property
    def by_segment_sql(self) -> str:
        """The SELECT of how many of them are in each segment."""
        return f"SELECT segment_id, count(*) AS customers\n{self._from}\nGROUP BY segment_id"

    @property
    def _from(self) -> str:
        place = quoted(self.schema)
        join = f"\nLEFT JOIN {place}.customer_value USING (customer_id)" if self.value else ""
        where = "\n    AND ".join(self.conditions)
        table = f"FROM {place}.customer_segments{join}"
        return f"{table}\nWHERE {where}" if where else table


def read_filter(
    given: Iterable[tuple[str, str]],
    features: Iterable[Feature],
    segments: Mapping[int, str],
    schema: str,
    *,
    value: bool,
) -> ListFilter:
    """Return the filter that names and values stand for, as they are in an address.

    Args:
        given: pairs of name and value; empty values stand for nothing.
        features: of the run.
        segments: names of the segments by number.
        schema: where the tables are.
        value: whether customer value is published.

    Raises:
        UserError: a name or a value is none.
    """
    columns = [feature.name for feature in features]
    known = [*columns, *MARGIN_COLUMN, *(VALUE_COLUMNS if value else ())]
    chosen: list[int] = []
    least: dict[str, float] = {}
    most: dict[str, float] = {}
    entered = False
    for name, text in given:
        if not text.strip():
            continue
        if name == "segment":
            chosen.append(_segment(text, segments))
        elif name == "entered":
            entered = text == "yes"
        elif name.startswith(LEAST):
            least[_column(name.removeprefix(LEAST), known)] = _value(name, text)
        elif name.startswith(MOST):
            most[_column(name.removeprefix(MOST), known)] = _value(name, text)
        else:
            raise UserError(
                f"A list has no filter '{name}'. There is: segment, entered, min. and max. before "
                "the name of a feature."
            )
    bounds = tuple(
        Bound(column, least.get(column), most.get(column))
        for column in known
        if column in least or column in most
    )
    return ListFilter(tuple(dict.fromkeys(chosen)), bounds, entered, schema, tuple(columns), value)


def as_pairs(body: object) -> list[tuple[str, str]]:
    """Return a filter that came as JSON as pairs of name and value.

    Raises:
        UserError: it is no object of names and values.
    """
    if not isinstance(body, Mapping):
        raise UserError('A filter is an object, such as {"segment": [1], "min.frequency": 3}.')
    pairs = []
    for name, value in body.items():
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict | list):
                raise UserError(f"{name}: a filter's value is a number or a text.")
            if part is not None:
                text = ("yes" if part else "no") if isinstance(part, bool) else str(part)
                pairs.append((str(name), text))
    return pairs


def _segment(text: str, segments: Mapping[int, str]) -> int:
    by_name = {name.lower(): number for number, name in segments.items()}
    number = int(text) if text.strip().isascii() and text.strip().isdigit() else None
    found = number if number in segments else by_name.get(text.strip().lower())
    if found is None:
        raise UserError(f"There is no segment '{text}'.{nearest(text, segments.values())}")
    return found


def _column(name: str, known: Iterable[str]) -> str:
    columns = list(known)
    if name not in columns:
        raise UserError(f"There is no feature '{name}'.{nearest(name, columns)}")
    return name


def _value(name: str, text: str) -> float:
    try:
        value = float(text.strip().replace(",", ""))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise UserError(f"{name} takes a number, and not '{text[:40]}'.")
    return value


def _number(value: float) -> str:
    """Return a number as SQL has it, exactly."""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return f"CAST({literal(repr(value))} AS DOUBLE)" if "e" in repr(value) else repr(value)
