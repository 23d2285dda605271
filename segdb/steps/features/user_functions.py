"""User functions: SQL of the user's own looks at the row alone."""

from __future__ import annotations

from segdb.config.settings import Settings
from segdb.engines.duckdb.database import DuckDB
from segdb.engines.duckdb.functions import unstable
from segdb.errors import SettingsError
from segdb.user_sql import UserSQL


def check_functions(store: DuckDB, settings: Settings) -> None:
    """Refuse SQL in which a function gives another value each time it is asked.

    A row must be judged alike each time that a view is read or a source is read again.

    Raises:
        SettingsError: an expression of ``[clean.reject]`` or ``[features.sql]`` has one, such as
            a random number, a sequence, a clock, or a setting of the session.
    """
    sections = (
        ("clean.reject", settings.clean.reject, False),
        ("features.sql", settings.features.sql, True),
    )
    for section, expressions, aggregate in sections:
        for name, text in expressions.items():
            parsed = UserSQL.parse(name, text, section, aggregate=aggregate)
            # As it was written, and as it is run.
            for sql in (text, parsed.sql):
                if unstable_name := unstable(store, sql, parsed.columns):
                    raise SettingsError(
                        f"[{section}] {name} = {text!r}: {unstable_name} is not allowed here: "
                        "its value depends on more than the row, and would differ from run to run."
                    )
