"""Roles: each column of a source has one."""

from __future__ import annotations

from collections.abc import Mapping


def two_roles(columns: Mapping[str, str]) -> str | None:
    """Return what is wrong where one column is named for two roles; None where none is.

    Args:
        columns: the column by its role, as in ``[columns]``.
    """
    roles: dict[str, str] = {}
    for role, column in columns.items():
        # The engine does not tell upper from lower case.
        other = roles.setdefault(column.lower(), role)
        if other != role:
            return (
                f"{other} and {role} both name the column {column!r}, and a column has one role. "
                "Leave out one of the two; where both are meant, give a SELECT that has the "
                f"column twice, such as SELECT *, {column} AS {role}_too"
            )
    return None
