"""One command of segdb in a process of its own, which is forked where segdb is imported already."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Sequence
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from segdb.cli import main

_CONTEXT = multiprocessing.get_context("forkserver")
# What the commands import late.
_CONTEXT.set_forkserver_preload(
    [
        "tests.chaos.program",
        "segdb.api.publishing",
        "segdb.steps.use.compare_algorithms",
        "segdb.pipeline.backtesting",
        "segdb.pipeline.fitting",
        "segdb.pipeline.refreshing",
        "segdb.pipeline.rolling_back",
        "segdb.pipeline.scoring",
    ]
)


def started(arguments: Sequence[str], errors: Path | None = None) -> ForkServerProcess:
    """Start a command; what it says of errors goes to a file where one is named."""
    process = _CONTEXT.Process(target=_run, args=(tuple(arguments), errors))
    process.start()
    return process


def _run(arguments: tuple[str, ...], errors: Path | None) -> None:
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    if errors is not None:
        os.dup2(os.open(errors, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
    main(arguments)
