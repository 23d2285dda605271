"""Guard: whatever a command raises becomes one paragraph and an exit code.

What it says of the published tables is asked of the database, not assumed: a run that is stopped
while its report is written is published.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any, NoReturn

import click

from segdb.cli.as_json import print_error
from segdb.errors import SegdbError, in_shell

# As a shell shows a program that a closed pipe ended: 128 + SIGPIPE.
BROKEN_PIPE = 141
_DONE = "segdb.done"
_UNTOUCHED = "The tables of the last run are as they were"


def guarded(command: Callable[..., None]) -> Callable[..., None]:
    """Turn errors into one paragraph and an exit code."""

    @wraps(command)
    def guarded(*args: Any, **kwargs: Any) -> None:
        open_descriptors()
        token = in_shell.set(True)
        try:
            command(*args, **kwargs)
            sys.stdout.flush()
        except SegdbError as error:
            _take_notes(error)
            _stop_if_interrupted(error)
            words = _after_what_is_done(str(error))
            _report(type(error).__name__, words, error.exit_code)
            sys.exit(error.exit_code)
        except KeyboardInterrupt as error:
            _take_notes(error)
            _stop()
        except click.exceptions.ClickException:
            raise
        except Exception as error:
            _take_notes(error)
            _stop_if_interrupted(error)
            if _is_of_stdout(error):
                _end_for_stdout(error)
            words = (
                f"a fault of segdb, not yours ({type(error).__name__}: {error}). "
                f"{_done() or _UNTOUCHED}. SEGDB_TRACEBACK=1 shows where it happened."
            )
            _report("InternalError", words, 4)
            if os.environ.get("SEGDB_TRACEBACK"):
                raise
            sys.exit(4)
        finally:
            in_shell.reset(token)

    return guarded


def done(words: str) -> None:
    """Note what a command has done, for what is said if something comes in between now."""
    click.get_current_context().meta[_DONE] = words


def _take_notes(error: BaseException) -> None:
    """Note what an error says was published before it came."""
    for words in getattr(error, "__notes__", []):
        done(words)


def open_descriptors() -> None:
    """Give what the caller closed (``>&-``) a place that takes everything.

    A file opened later would get the number of a closed one, and what is printed would land in it.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    # Python has made None of them by now.
    if sys.stdout is None:
        sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    if sys.stderr is None:
        sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)


def _done() -> str | None:
    context = click.get_current_context(silent=True)
    return context.meta.get(_DONE) if context else None


def _after_what_is_done(error: str) -> str:
    words = _done()
    return error if words is None or words in error else f"{words}. After that: {error}"


def _say(words: str) -> None:
    with suppress(OSError):
        click.echo(words, err=True)


def _report(kind: str, words: str, exit_code: int) -> None:
    """Say an error on stderr, and on stdout where the caller wants JSON."""
    _say(f"Error: {words}")
    print_error(kind, words, exit_code)


def _stop() -> NoReturn:
    words = f"Stopped. {_done() or _UNTOUCHED}."
    _say(words)
    print_error("Interrupted", words, 130)
    sys.exit(130)


def _stop_if_interrupted(error: BaseException | None) -> None:
    """Stop as by Ctrl-C where it was pressed while a statement ran; the driver has its own word."""
    while error is not None:
        interrupted = isinstance(error, RuntimeError) and str(error) == "Query interrupted"
        if interrupted or type(error).__name__ == "InterruptException":
            _stop()
        error = error.__cause__ or error.__context__


def _is_of_stdout(error: Exception) -> bool:
    """Whether it is stdout that cannot be written, and no file that has a name."""
    written = (errno.EPIPE, errno.ENOSPC, errno.EIO, errno.EBADF)
    return isinstance(error, OSError) and error.errno in written and error.filename is None


def _end_for_stdout(error: Exception) -> None:
    """End a command whose stdout is gone: in silence for a closed pipe, as others do."""
    # Python flushes stdout once more at its end, and would say that it failed.
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    words = _done()
    if isinstance(error, OSError) and error.errno != errno.EPIPE:
        _say(f"Error: the output cannot be written: {error.strerror}. {words or _UNTOUCHED}.")
        sys.exit(2)
    if words is not None:
        _say(f"{words}. The reader of its output went away.")
    sys.exit(BROKEN_PIPE)
