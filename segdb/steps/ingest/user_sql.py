"""User SQL: expressions of the user's own, checked before they run and named where they fail."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from segdb.config.settings import Settings
from segdb.engines.protocol import Database
from segdb.errors import EngineError, SettingsError
from segdb.user_sql import UserSQL

# The database quotes what it could not run, which is much longer than what the user wrote.
_LONGEST = 300


@dataclass(frozen=True)
class UserExpressions:
    """The SQL of the settings.

    Attributes:
        reject: predicates over a row by the reason to reject it.
        features: aggregates over a customer's orders by the feature.
        selects: the sources that are a SELECT, as their keys.
    """

    reject: Mapping[str, str]
    features: Mapping[str, str]
    selects: tuple[str, ...]

    @classmethod
    def of(cls, settings: Settings) -> UserExpressions:
        """Return those of the settings."""
        named: dict[str, Any] = {
            "[source] orders": settings.source.orders,
            "[source] customers": settings.source.customers,
        }
        selects = tuple(key for key, source in named.items() if _is_select(source))
        return cls(settings.clean.reject, settings.features.sql, selects)

    @property
    def sections(self) -> tuple[str, ...]:
        """The sections of the settings that have SQL."""
        named = {"[clean.reject]": self.reject, "[features.sql]": self.features}
        return (*(name for name, expressions in named.items() if expressions), *self.selects)


def check_functions(store: Database, expressions: UserExpressions) -> None:
    """Refuse SQL in which a function gives another value each time it is asked.

    A row must be validated in the same way each time that a view is read or a source is read again.

    Raises:
        SettingsError: an expression of ``[clean.reject]`` or ``[features.sql]`` has one, such as
            a random number, a sequence, a clock, or a setting of the session.
    """
    sections = (
        ("clean.reject", expressions.reject, False),
        ("features.sql", expressions.features, True),
    )
    for section, by_name, aggregate in sections:
        for name, text in by_name.items():
            parsed = UserSQL.parse(name, text, section, aggregate=aggregate)
            # As it was written, and as it is run.
            for sql in (text, parsed.sql):
                if unstable_name := store.unstable(sql, parsed.columns):
                    raise SettingsError(
                        f"[{section}] {name} = {text!r}: {unstable_name} is not allowed here: "
                        "its value depends on more than the row, and would differ from run to run."
                    )


@contextmanager
def user_sql_errors(store: Database, expressions: UserExpressions) -> Iterator[None]:
    """Raise what the database refuses as an error of the settings, where they have SQL.

    Raises:
        SettingsError: the database refused, and SQL of the user's own was run.
    """
    try:
        with store.refusals():
            yield
    except EngineError as error:
        sections = expressions.sections
        if not sections:
            raise
        if kind := re.search(r"cast \((\S+) -> DOUBLE\)", str(error)):
            raise SettingsError(
                f"[features.sql] {' or '.join(expressions.features)}: a feature is a number, and "
                f"not a {kind[1]}. Of a date, take what lies between: date_diff('day', "
                "min(ordered), max(ordered))."
            ) from error
        message = str(error)
        message = message if len(message) <= _LONGEST else f"{message[:_LONGEST]}…"
        raise SettingsError(
            f"{message} It stands in SQL of your own, in {' or '.join(sections)}."
        ) from error


def _is_select(source: object) -> bool:
    return isinstance(source, str) and source.lstrip("( \n").lower().startswith(
        ("select", "with", "from")
    )
