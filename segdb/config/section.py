"""Section: what all sections of ``segdb.toml`` have in common."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, ValidatorFunctionWrapHandler


class Section(BaseModel):
    """A section of the settings: frozen, and an unknown key is an error."""

    # Nothing is stripped: a tab is a delimiter, and a column's name may begin with a blank.
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def or_else(value: Any, handler: ValidatorFunctionWrapHandler, words: str) -> Any:
    """Validate a value of a union; pydantic would say of each member why it is not meant.

    Raises:
        ValueError: it is none of them.
    """
    try:
        return handler(value)
    except ValidationError:
        raise ValueError(f"it is {words}") from None
