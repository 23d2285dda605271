"""Questions: what of a source only its owner can tell, with the lines that answer it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from segdb.errors import SourceError, option
from segdb.formats.toml import toml_value

ROLES: Mapping[str, str] = {
    "customer_id": "the customer's id",
    "ordered_at": "the date of the order",
    "amount": "the amount",
}
# What `segdb init` writes where an answer is still open.
OPEN = "?"
_SHOWN = 20
_PROPOSED = 3


class OpenQuestionError(SourceError):
    """A setting that cannot be inferred; ``segdb init`` leaves its place open.

    Attributes:
        section: of the settings, such as ``columns``.
        key: in the section.
        choices: values that would answer it, the likeliest first; empty where all are as likely.
    """

    def __init__(
        self, message: str, section: str, key: str, choices: Sequence[str | list[str]]
    ) -> None:
        super().__init__(message)
        self.section = section
        self.key = key
        self.choices = tuple(choices)


def several(origin: str, role: str, candidates: Sequence[str]) -> OpenQuestionError:
    """Return the question which of several columns plays a role."""
    lines = " or ".join(f"{role} = {toml_value(name)}" for name in candidates)
    return OpenQuestionError(
        f"{origin} has {len(candidates)} columns that could be {ROLES.get(role, role)} "
        f"({', '.join(candidates)}). Choose one in the settings: [columns] {lines}.",
        "columns",
        role,
        candidates,
    )


class RoleCandidates(NamedTuple):
    """The columns of a source, as candidates for a role.

    Attributes:
        columns: all of them.
        able: those whose values could play it.
        likely: the likeliest of these.
    """

    columns: Sequence[str]
    able: Sequence[str]
    likely: Sequence[str]


def unknown(
    origin: str,
    role: str,
    candidates: RoleCandidates,
    *,
    declared: str | None = None,
    run_id: int | None = None,
) -> OpenQuestionError:
    """Return the question which column plays a role that none is named for.

    Args:
        origin: what to call the source.
        role: the role.
        candidates: the columns that could play it.
        declared: the column that the settings name for another source of the run.
        run_id: the run whose settings cannot be changed any more; None for a new one.
    """
    able, likely = candidates.able, candidates.likely
    kind = {"amount": "numeric ", "ordered_at": "date "}.get(role, "") if able else ""
    shown = able or candidates.columns
    more = ", …" if shown[_SHOWN:] else ""
    # A header may hold line breaks.
    listed = ", ".join(" ".join(name.split()) for name in shown[:_SHOWN])
    columns_there = f" Its {kind}columns are: {listed}{more}."
    asked = f" and none is called '{declared}'" if declared else ""
    alone = (
        f" If it has one row a customer, and no orders, give it as {option('customers', 'FILE')}."
        if role == "ordered_at" and declared is None
        else ""
    )
    proposed = likely[:_PROPOSED] or ["…"]
    lines = " or ".join(f"{role} = {toml_value(name)}" for name in proposed)
    advice = f"Name it in the settings: [columns] {lines}."
    if run_id is not None:
        advice = f"Name it so in a SELECT: … AS {declared or role}."
    return OpenQuestionError(
        f"No column of {origin} looks like {ROLES[role]}{asked}. {advice}{columns_there}{alone}",
        "columns",
        role,
        likely or able,
    )
