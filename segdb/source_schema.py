"""How a source is read: the type of each column and the role it plays, as plain frozen data.

``inspect`` makes a ``Reading``, the stages apply it, the ``Model`` keeps it, so that the same
columns are read the same way in training, in scoring and in exported SQL.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

Kind = Literal["native", "text", "number", "timestamp"]
Decimal = Literal[".", ","]
Role = Literal[
    "customer_id", "order_id", "ordered_at", "amount", "quantity", "unit_price", "category"
]
# Formats of a timestamp that are no strptime formats: ISO 8601, the month as a word (see
# ``segdb.formats.calendar_words``), counts since 1970 in UTC, and Excel's days since 1899-12-30.
KEYWORDS = ("iso", "words", "epoch_s", "epoch_ms", "epoch_us", "epoch_ns", "excel")
COUNTS = KEYWORDS[2:]
# Decimals of amounts: of money, and of what was scaled, such as 0.0283311.
USUAL, FINE = 4, 12


@dataclass(frozen=True)
class ColumnReading:
    """How one column is read.

    ``kind`` is ``native`` where the source's own type is taken; the others are for columns that
    arrive as text, and for numbers that are dates: left as they are, or cast to a number or a
    timestamp with what does not cast becoming NULL.
    """

    name: str
    kind: Kind
    # Of a number in text: its decimal mark.
    decimal: Decimal = "."
    # Of a timestamp: strptime formats and ``KEYWORDS`` tried in turn; empty for ISO 8601.
    formats: tuple[str, ...] = ()
    # Of a number in text: whether the other decimal mark is read as well. What could be written
    # with either, such as 1,234, is then no number ("clear") or has ``decimal`` ("decimal").
    mixed: Literal["no", "clear", "decimal"] = "no"
    # Whether 7% is the number 7; else it is none.
    percent: bool = True
    # Whether digits of other scripts, such as the Arabic ones, are read.
    any_digits: bool = False
    # The time zone that instants are taken to: texts with an offset, TIMESTAMPTZ and counts since
    # 1970. Empty: a text keeps its local time, and the others are in UTC.
    time_zone: str = ""
    # Whether names of zones, such as EST, stand behind times and are read as their offsets.
    zone_names: bool = False
    # What stands for a missing value in this column, of any type.
    null_values: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the reading of the column as JSON-ready values."""
        return {
            **asdict(self), "formats": list(self.formats), "null_values": list(self.null_values),
        }  # fmt: skip

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> ColumnReading:
        """Return the reading that ``to_dict`` gave, now or when it had fewer fields."""
        lists = {name: tuple(values.get(name, ())) for name in ("formats", "null_values")}
        return cls(**{**values, **lists})


@dataclass(frozen=True)
class Reading:
    """How the columns of one source are read, and which of them play a role."""

    columns: tuple[ColumnReading, ...]
    roles: Mapping[Role, str]
    # Tokens that mean "missing" in text columns, compared after trimming.
    null_values: tuple[str, ...] = ()
    # Customer ids that differ in upper and lower case alone are one, as of e-mail addresses.
    fold_ids: bool = False
    # Customer ids in text are whole numbers, of which 17850.0 is 17850.
    whole_ids: bool = False
    # Each row is an order, whatever its id or moment.
    rows_are_orders: bool = False
    # The amount is of the whole order and stands in each of its rows.
    amount_of_order: bool = False
    # Periods, from a day to before another, of orders dated far from all others: they are rejected.
    far_dates: tuple[tuple[str, str], ...] = ()
    # Of the amounts: ``USUAL``, or ``FINE`` where those would round many of them.
    decimals: int = USUAL

    def column(self, name: str) -> ColumnReading:
        """Return how the column of that name is read."""
        return next(column for column in self.columns if column.name == name)

    def to_dict(self) -> dict[str, Any]:
        """Return the reading as JSON-ready values."""
        return {
            "columns": [column.to_dict() for column in self.columns],
            "roles": dict(self.roles),
            "null_values": list(self.null_values),
            "fold_ids": self.fold_ids,
            "whole_ids": self.whole_ids,
            "rows_are_orders": self.rows_are_orders,
            "amount_of_order": self.amount_of_order,
            "far_dates": [list(period) for period in self.far_dates],
            "decimals": self.decimals,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Reading:
        """Return the reading that ``to_dict`` gave."""
        columns = tuple(map(ColumnReading.from_dict, values["columns"]))
        return cls(
            columns,
            dict(values["roles"]),
            tuple(values["null_values"]),
            # Runs of earlier releases had none of these.
            fold_ids=values.get("fold_ids", False),
            whole_ids=values.get("whole_ids", False),
            rows_are_orders=values.get("rows_are_orders", False),
            amount_of_order=values.get("amount_of_order", False),
            far_dates=tuple((first, end) for first, end in values.get("far_dates", ())),
            decimals=values.get("decimals", USUAL),
        )
