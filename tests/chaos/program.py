"""One command of segdb in a process of its own, which is forked where segdb is imported already."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Sequence
from multiprocessing.context import ForkServerProcess

from segdb.cli import main

_CONTEXT = multiprocessing.get_context("forkserver")
# What the commands import late.
_CONTEXT.set_forkserver_preload(
    [
        "tests.chaos.program",
        "segdb.api",
        "segdb.steps.rollback",
        "segdb.steps.comparing",
        "segdb.steps.score",
    ]
)


def started(arguments: Sequence[str]) -> ForkServerProcess:
    """Start a command."""
    process = _CONTEXT.Process(target=_run, args=(tuple(arguments),))
    process.start()
    return process


def _run(arguments: tuple[str, ...]) -> None:
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    main(arguments)
