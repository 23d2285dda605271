"""JSON for programs: what ``--json`` prints, once, also where a command ends with an error.

An error is ``{"error": {"kind": …, "message": …, "exit_code": …}, "warnings": […]}``. The kind is
the class in ``segdb.errors``, or ``UsageError`` (what click refuses), ``Interrupted`` (Ctrl-C) or
``InternalError`` (a fault of segdb). The warnings are what the run had found in the data by then.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from segdb.checks.warning import DataWarning


@dataclass
class _Answer:
    """What one call of the command line prints on stdout.

    Attributes:
        as_json: whether it is JSON.
        printed: whether that is printed.
        warnings: of the data, as the run gathers them.
    """

    as_json: bool = False
    printed: bool = False
    warnings: list[DataWarning] = field(default_factory=list)


_answer: ContextVar[_Answer | None] = ContextVar("answer", default=None)


class JsonGroup(click.Group):
    """Commands that say in JSON, where the caller asked for it, what click refuses as well."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **extra: Any) -> Any:
        """Run the command that the arguments name."""
        wanted = wants_json(sys.argv[1:] if args is None else args)
        token = _answer.set(_Answer(wanted))
        try:
            return super().main(args, *rest, **extra)
        finally:
            _answer.reset(token)

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Parse the options before the command."""
        with _printing_usage_errors():
            return super().make_context(*args, **extra)

    def invoke(self, context: click.Context) -> Any:
        """Parse the options of the command, and run it."""
        with _printing_usage_errors():
            return super().invoke(context)


def wants_json(words: Sequence[str]) -> bool:
    """Whether arguments, parsed or not, ask for JSON: ``--json`` or ``--format json``."""
    options = list(words[: words.index("--")]) if "--" in words else list(words)
    spaced = ("--format", "json") in pairwise(options)
    return spaced or "--json" in options or "--format=json" in options


def print_json(value: object) -> None:
    """Print what a command did, or the answer to a question."""
    answer = _answer.get()
    if answer is not None:
        answer.printed = True
    click.echo(json_text(value))


def print_error(kind: str, message: str, exit_code: int) -> None:
    """Print an error, where the caller asked for JSON and got none yet."""
    answer = _answer.get()
    if answer is None or not answer.as_json or answer.printed:
        return
    answer.printed = True
    error = {"kind": kind, "message": message, "exit_code": exit_code}
    warnings = [asdict(warning) for warning in dict.fromkeys(answer.warnings)]
    with suppress(OSError):
        click.echo(json_text({"error": error, "warnings": warnings}))


def listen_to(warnings: list[DataWarning]) -> None:
    """Print these warnings, as they are by then, with an error that comes."""
    answer = _answer.get()
    if answer is not None:
        answer.warnings = warnings


def json_text(value: object) -> str:
    """Return rows as JSON: an exact number as a number, and null where there is none."""
    return json.dumps(_plain(value), default=str, ensure_ascii=False)


@contextmanager
def _printing_usage_errors() -> Iterator[None]:
    try:
        yield
    except click.ClickException as error:
        print_error("UsageError", error.format_message(), error.exit_code)
        raise


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Decimal):
        # DuckDB's sum of whole numbers is a decimal without places.
        return int(value) if value == value.to_integral_value() else float(value)
    return None if isinstance(value, float) and not math.isfinite(value) else value
