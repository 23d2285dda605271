"""Warnings about the data: what a run shows under *Check these*, and what stops it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from segdb.errors import DataError, nearest
from segdb.stored_json import mappings

# More than these are not read.
SHOWN = 5
# Every warning, by its code: what it is about. ``[checks] accept`` takes these names.
CODES: dict[str, str] = {
    "several_currencies": "amounts of several currencies are added",
    "blank_currency": "amounts without a currency, where others have one",
    "unknown_states": "a column of an order's state whose values are codes",
    "unpaid_orders": "orders that were not paid, or were paid back, count as revenue",
    "repeated_total": "an order's total stands in each of its lines",
    "price_or_total": "whether a price is of one piece or of all pieces of a line",
    "pieces_as_money": "a number of pieces is taken for money",
    "free_orders": "many orders with an amount of 0",
    "no_revenue": "the amounts of all orders add up to nothing or less",
    "ignored_discount": "a discount beside a price is not taken off",
    "large_share": "one customer or one row has much of all revenue",
    "revenue_without_customer": "revenue that has no customer id",
    "id_spellings": "ids that differ only in how they are written",
    "id_choice": "another column could be the customer's id as well",
    "guests": "many people under one id",
    "twin_columns": "two columns of one name, of which the first is taken",
    "order_id_missing": "rows without an order id",
    "order_id_choice": "a column that is called an order's id, and is none by its values",
    "equal_rows": "many equal rows, of which one is kept",
    "far_dates": "a few dates far from all others",
    "old_dates": "dates of a time when nobody ordered: another calendar, or a sentinel",
    "time_zones": "dates that name a time zone which no one place has",
    "mixed_dates": "dates written in several ways",
    "mixed_numbers": "numbers written in several ways",
    "sentinels": "a value that stands for a missing one",
    "missing_features": "columns that most customers lack",
    "no_common_customers": "no customer of the run before is in this one",
    "rejected_share": "much of a source is rejected for one reason",
    "files": "how a file was read, or what of it was left",
}


@dataclass(frozen=True)
class DataWarning:
    """One thing in the data that may make the result wrong.

    Attributes:
        code: its name, one of ``CODES``, with which ``[checks] accept`` silences it.
        message: what is wrong, with its number; one sentence or two.
        setting: the line of the settings that changes it; empty where none does.
        share: how much of the rows, customers or revenue it touches, 0 to 1; the order of warnings.
        stops: most of the result would be wrong: the run stops unless the code is accepted.
    """

    code: str
    message: str
    setting: str = ""
    share: float = 0.0
    stops: bool = False

    def __post_init__(self) -> None:
        # A share of two sums of the database may be a Decimal, which JSON does not take.
        object.__setattr__(self, "share", float(self.share))

    def __str__(self) -> str:
        return f"{self.message} {self.advice}".strip()

    @property
    def advice(self) -> str:
        """What to write into the settings, as a sentence; empty where no setting changes it."""
        return f"To change it: {self.setting}" if self.setting else ""


def most_important(
    warnings: Iterable[DataWarning], accepted: Sequence[str] = ()
) -> list[DataWarning]:
    """Return the warnings to show: none that is accepted, the largest shares first, five at most.

    Args:
        warnings: all of a run, in any order; of equal ones the first stays.
        accepted: codes that the settings accept.
    """
    distinct = list(dict.fromkeys(warnings))
    open_ones = [warning for warning in distinct if warning.code not in accepted]
    return sorted(open_ones, key=lambda warning: (not warning.stops, -warning.share))[:SHOWN]


def stop_if_wrong(warnings: Iterable[DataWarning], accepted: Sequence[str]) -> None:
    """Stop the run where most of its result would be wrong.

    Raises:
        DataError: a warning stops, and its code is not accepted.
    """
    for warning in warnings:
        if warning.stops and warning.code not in accepted:
            right = f"it is right as it is: [checks] accept = [{json.dumps(warning.code)}]."
            advice = f"{warning.advice}; if {right}" if warning.setting else f"If {right}"
            raise DataError(f"{warning.message} {advice}")


def to_json(warnings: Iterable[DataWarning]) -> str:
    """Return warnings as JSON text, as ``runs.warnings`` keeps them."""
    return json.dumps([asdict(warning) for warning in warnings], ensure_ascii=False)


def from_json(text: str | None) -> list[dict[str, Any]]:
    """Return what ``to_json`` gave as mappings; none for a run of before there were warnings."""
    return mappings(text or None, "warnings")


def unknown_code(code: str) -> str | None:
    """Return what is wrong with a code of ``[checks] accept``; None where it exists."""
    return None if code in CODES else f"there is no check '{code}'.{nearest(code, CODES)}"


def stored_warnings(text: str | None) -> list[DataWarning]:
    """Return the warnings of a stored run, from ``runs.warnings``; none where it has none."""
    fields = {"code", "message", "setting", "share"}
    try:
        rows = json.loads(text or "[]")
        return [DataWarning(**{k: v for k, v in row.items() if k in fields}) for row in rows]
    except (ValueError, TypeError, AttributeError):
        return []
