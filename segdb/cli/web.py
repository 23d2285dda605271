"""The command that serves the web page: serve."""

from __future__ import annotations

import os
import signal
import sys
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click

from segdb.cli.as_json import print_json
from segdb.cli.guard import done, guarded
from segdb.cli.terminal import (
    config_option,
    database_option,
    json_option,
    settings_of,
    wait_option,
)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8765,
    show_default=True,
    help="The port; 0 takes one that is free.",
)
@click.option("--token", help="What who comes must know; other programs on this machine see it.")
@click.option(
    "--token-file",
    type=click.Path(path_type=Path),
    help="A file that holds the token.",
)
@click.option(
    "--allow-host",
    "hosts",
    multiple=True,
    metavar="NAME",
    help="A name by which the page may be asked for, such as segments.example.com.",
)
@click.option("--no-browser", is_flag=True, help="Open no browser.")
@click.option("--log", is_flag=True, help="Print each request, without ids of customers.")
@config_option
@database_option
@wait_option
@json_option
@guarded
def serve(
    host: str,
    port: int,
    token: str | None,
    token_file: Path | None,
    hosts: tuple[str, ...],
    no_browser: bool,
    log: bool,
    config: Path | None,
    database: str | None,
    wait: float,
    as_json: bool,
) -> None:
    """Serve a page to work with, and its API, until Ctrl-C."""
    from segdb.api import web

    settings = settings_of(config, database)
    if token is not None and token_file is not None:
        raise click.UsageError("Give --token or --token-file, not both.")
    if log:
        _print_requests()

    def ready(url: str) -> None:
        if as_json:
            print_json({"url": url, "database": str(settings.place)})
        else:
            click.echo(f"Segments of {settings.place} are on {url} Ctrl-C stops.")
        done(f"The page was on {url}")
        if not no_browser and _has_screen():
            with suppress(webbrowser.Error, OSError):
                webbrowser.open(url)

    secret = _read(token_file) if token_file else token
    with _cleaning_up():
        web.serve(
            settings.place,
            schema=settings.publish.schema_,
            host=host,
            port=port,
            token=secret,
            hosts=hosts,
            wait=wait,
            engine=settings.engine,
            ready=ready,
        )


@contextmanager
def _cleaning_up() -> Iterator[None]:
    """End as by Ctrl-C, with the copy of the database gone, where another program ends it."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _has_screen() -> bool:
    """Whether a browser has a screen: one in the terminal would take it from the server."""
    if sys.platform in ("win32", "darwin"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise click.UsageError(f"The token file {path} cannot be read: {reason}.") from None


def _print_requests() -> None:
    import logging

    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    access = logging.getLogger("segdb.web.access")
    access.addHandler(handler)
    access.setLevel(logging.INFO)
    access.propagate = False
