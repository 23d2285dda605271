"""Every error that segdb raises on purpose, with who raises it and who catches it.

    SegdbError                  caught by ``cli.guard`` alone, printed as one paragraph
    ├── UserError        (2)    something the caller can put right
    │   ├── SettingsError       raised by ``config``, and where a setting turns out impossible
    │   ├── SourceError         raised by ``engines`` and ``inspect``: a file, table or column
    │   ├── DataError           raised by ``steps`` and ``cluster``: too few customers, or alike
    │   └── NotPublishedError   raised by ``api.snapshots``; ``web`` has a page for it
    ├── GateError        (1)    raised by ``steps.publish``: a quality gate of the settings failed
    ├── LockedError      (3)    raised by ``engines``: another process holds the database
    │   └── BusyError           raised by ``api.snapshots``: as many ask as may at a time
    ├── EngineError      (4)    raised by ``engines``: the database refused a statement; caught by
    │                           ``steps`` where the statement holds SQL of the user's
    └── PublishError     (4)    raised by ``engines``: a publish failed and was rolled back

The number is the exit code of the command line. Everything that is not a ``SegdbError`` is a
fault of segdb itself and leaves with 4 as well.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from contextvars import ContextVar


class SegdbError(Exception):
    """Base of all; the message is one paragraph: what, where, what to do."""

    exit_code = 4


class UserError(SegdbError):
    """Wrong use, settings or input."""

    exit_code = 2


class SettingsError(UserError):
    """A setting is unknown, malformed, or impossible for this data."""


class SourceError(UserError):
    """A source cannot be read, or its columns cannot be understood."""


class DataError(UserError):
    """The data was read, but no segments can be made of it."""


class NotPublishedError(UserError):
    """There is no database yet, or no run in it."""


class GateError(SegdbError):
    """A quality gate of the settings failed; nothing was published."""

    exit_code = 1


class LockedError(SegdbError):
    """Another process holds the database; a later try may succeed."""

    exit_code = 3


class BusyError(LockedError):
    """As many read already as may at a time; a later try may succeed."""


class EngineError(SegdbError):
    """The database refused a statement."""


class PublishError(SegdbError):
    """A publish failed and was rolled back; the last run's tables are as they were."""


# Set by the command line, whose users give options where Python's give arguments.
in_shell: ContextVar[bool] = ContextVar("in_shell", default=False)


def option(name: str, value: str | bool = "") -> str:
    """Return how an argument is called: ``--wait SECONDS`` in a shell, ``wait=SECONDS`` in Python.

    Args:
        name: of the argument.
        value: what is to be given for it; True of a switch, empty for the name alone.
    """
    if in_shell.get():
        return f"--{name} {value}" if isinstance(value, str) and value else f"--{name}"
    return f"{name}={value}" if value else name


# What a command is called in Python, where it is not called the same.
_IN_PYTHON = {
    "compile --dbt": "compile_dbt(…)",
    "query --sources": "open(…, sources=True)",
    "runs": "open(…).runs()",
}


def command(name: str, argument: str = "", **options: str | bool) -> str:
    """Return how a command is called: ``segdb run`` in a shell, ``segdb.run(…)`` in Python.

    Args:
        name: of the command.
        argument: what is to be given first; empty for what the user knows.
        options: what is to be given by name, as ``option`` takes it.
    """
    given = [option(key, value) for key, value in options.items()]
    if in_shell.get():
        return f"`{' '.join(word for word in ('segdb', name, argument, *given) if word)}`"
    call = f"{name}({', '.join([argument or '…', *given])})"
    return f"`segdb.{_IN_PYTHON.get(name, call)}`"


def nearest(name: str, known: Iterable[str]) -> str:
    """Say which of the known names is meant, as the end of a message.

    Returns ``" Did you mean 'x'?"`` for a close match, and else a list of all that exist.
    """
    names, wanted = sorted(known), name.lower()
    # A beginning says more than a likeness: recency is recency_days, not frequency.
    begun = [n for n in names if len(wanted) > 2 and n.lower().startswith(wanted)]
    close = difflib.get_close_matches(wanted, [n.lower() for n in names], n=1, cutoff=0.6)
    if begun or close:
        match = min(begun, key=len) if begun else next(n for n in names if n.lower() == close[0])
        return f" Did you mean '{match}'?"
    if not names:
        return ""
    # Names of segments may hold commas themselves: "Lost, smaller orders".
    between = "; " if any("," in name for name in names) else ", "
    shown = between.join(names[:20]) + (f"{between}…" if len(names) > 20 else "")
    return f" There is: {shown}."
