"""Context: the snapshot that a request reads, lent at its first question."""

from __future__ import annotations

from contextlib import ExitStack

from flask import Flask, current_app, g

from segdb.api.snapshots import Snapshots
from segdb.web.config import WebConfig
from segdb.web.run_view import RunView


def register(app: Flask, config: WebConfig, snapshots: Snapshots) -> None:
    """Give each request a snapshot, where it asks for one."""
    app.extensions["segdb"] = (config, snapshots)

    @app.teardown_request
    def _give_back(_: BaseException | None) -> None:
        stack: ExitStack | None = g.pop("segdb_stack", None)
        g.pop("segdb_run", None)
        if stack is not None:
            stack.close()


def config() -> WebConfig:
    """Return the page's config."""
    found: WebConfig = current_app.extensions["segdb"][0]
    return found


def run() -> RunView:
    """Return the run that this request reads, the same one to its end.

    Raises:
        SegdbError: nothing is published, or it cannot be read now.
    """
    if "segdb_run" not in g:
        snapshots: Snapshots = current_app.extensions["segdb"][1]
        stack = ExitStack()
        snapshot = stack.enter_context(snapshots.reading())
        g.segdb_stack = stack
        g.segdb_run = RunView(snapshot)
    view: RunView = g.segdb_run
    return view
