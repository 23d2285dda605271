"""Arguments of the Python API: one of another kind is refused by its name, before anything runs."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from segdb.errors import UserError
from segdb.lazy import lazy

if TYPE_CHECKING:
    from segdb.config import sections, settings
else:
    sections, settings = lazy("segdb.config.sections"), lazy("segdb.config.settings")

P = ParamSpec("P")
R = TypeVar("R")


def _is_path(value: object) -> bool:
    return isinstance(value, str | Path) and str(value) != ""


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_duration(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


# What an argument of the name takes, in words, and whether a value is that.
_KINDS: Mapping[str, tuple[str, Callable[[object], bool]]] = {
    "as_of": ("a datetime", lambda value: isinstance(value, datetime)),
    "engine": ("an Engine of the settings", lambda value: isinstance(value, sections.Engine)),
    "settings": (
        "Settings, or the sections of segdb.toml as a mapping",
        lambda value: isinstance(value, settings.Settings | Mapping),
    ),
    "wait": ("seconds, 0 or more", _is_duration),
    "into": ("a table's name or a path", _is_path),
    **dict.fromkeys(("folder", "path"), ("a path", _is_path)),
    **dict.fromkeys(("dialect", "name", "question", "schema", "stage"), ("a text", _is_text)),
    **dict.fromkeys(("after", "before", "keep_runs", "run_id"), ("a whole number", _is_whole)),
}


def checked(call: Callable[P, R]) -> Callable[P, R]:
    """Refuse arguments of another kind than the function takes.

    None stands for an argument that is left out, where the function has None as its default.

    Raises:
        UserError: an argument is of another kind; the message names it.
    """
    signature = inspect.signature(call)

    @wraps(call)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        for name, value in signature.bind(*args, **kwargs).arguments.items():
            words, fits = _KINDS.get(name, ("", _anything))
            left_out = value is None and signature.parameters[name].default is None
            if not left_out and not fits(value):
                shown = repr(value) if isinstance(value, int | float | str | None) else "that"
                raise UserError(
                    f"{call.__name__}: {name} takes {words}, and {shown} is {_kind_of(value)}."
                )
        return call(*args, **kwargs)

    return checked


def _anything(_: object) -> bool:
    return True


def _kind_of(value: object) -> str:
    if isinstance(value, str) and not value:
        return "empty"
    if value is None:
        return "nothing"
    return f"of the type {type(value).__name__}"
