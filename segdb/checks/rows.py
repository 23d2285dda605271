"""Rows: many equal ones, and many that are rejected for one reason."""

from __future__ import annotations

import re
from collections.abc import Mapping

from segdb.checks.settings_lines import percent
from segdb.checks.warning import DataWarning
from segdb.expressions import validate
from segdb.inspect.header_vocabulary import words
from segdb.source_schema import Reading

_MANY = 0.005
# What cannot be read is said from this share on.
_NOTABLE = 0.01
_UNREAD = frozenset({validate.BAD_DATE, validate.BAD_AMOUNT, validate.UNREADABLE})
# A column that numbers the lines of an order: rows that are equal in it too are copies.
_LINE = re.compile(
    r"(order |invoice |basket |transaction )?(line|row|item|position|pos|seq|sequence|detail)"
    r"( (item|line))?( (no|nr|num|number|id|index|key))?|(row|line) ?num(ber)?"
)
# Reasons that users do not intend, with the line of settings that may help.
_UNWANTED: Mapping[str, str] = {
    validate.MISSING_ID: '[columns] customer_id = "…"',
    validate.BAD_DATE: '[source] date_format = "…"',
    validate.BAD_AMOUNT: '[source] decimal = ","',
    validate.FUTURE: "as_of = …",
    validate.DUPLICATE_ROW: '[clean] duplicates = "keep"',
    validate.DUPLICATE_CUSTOMER: '[columns] customer_id = "…"',
    validate.UNREADABLE: '[source] delimiter = "…"',
}


def deserves_a_look(reason: str, share: float, limit: float) -> bool:
    """Whether so large a share is rejected for the reason that a run says so, or stops."""
    if reason in _UNREAD and share >= _NOTABLE:
        return True
    return reason in _UNWANTED and share > limit


def equal_rows(rejected: int, read: int, reading: Reading) -> list[DataWarning]:
    """Return a warning of many equal rows where no column numbers the lines.

    Args:
        rejected: rows that are left out as copies of others.
        read: rows of the source.
        reading: of the source.
    """
    share = rejected / max(read, 1)
    if share < _MANY or any(_LINE.fullmatch(words(c.name)) for c in reading.columns):
        return []
    return [
        DataWarning(
            "equal_rows",
            f"{rejected:,} rows ({percent(share)}) equal another in every column and are left "
            "out; no column numbers the lines of an order, so they may be sales of their own.",
            _UNWANTED[validate.DUPLICATE_ROW],
            share=share,
        )
    ]


def rejected_share(
    origin: str, reason: str, rejected: int, read: int, limit: float, example: object
) -> list[DataWarning]:
    """Return a warning where some of a source cannot be read; it stops where much is rejected.

    Args:
        origin: what to call the source.
        reason: why the rows are rejected.
        rejected: so many of them, without lines that only continue an order.
        read: rows of the source.
        limit: the share above which the run stops.
        example: a value that could not be read; None where there is none to show.
    """
    share = rejected / max(read, 1)
    if not deserves_a_look(reason, share, limit):
        return []
    shown = f", such as {example!r}" if example is not None else ""
    return [
        DataWarning(
            "rejected_share",
            f"{rejected:,} of {read:,} rows of {origin} ({percent(share)}) are rejected: "
            f"{reason}{shown}.",
            _UNWANTED[reason],
            share=share,
            stops=share > limit,
        )
    ]
