"""The web page: as an application to embed, and served on an address."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from segdb.api.arguments import checked
from segdb.api.database import WAREHOUSE
from segdb.config.sections import Engine
from segdb.errors import SettingsError

if TYPE_CHECKING:
    from flask import Flask

    from segdb.web.config import WebConfig


@checked
def app(
    database: str | Path = WAREHOUSE,
    *,
    schema: str = "segdb",
    token: str | None = None,
    hosts: Sequence[str] = (),
    engine: Engine | None = None,
) -> Flask:
    """Return the page and its API as a WSGI application, for a server of your own.

    Args:
        database: the DuckDB file, or the URL of a PostgreSQL server or Spark cluster.
        schema: where in it the segments are.
        token: what who comes must know; left out: whoever reaches it is let in.
        hosts: names by which it may be asked for, beside localhost.
        engine: memory, threads and folder of each reader.

    Raises:
        SettingsError: ``segdb[web]`` is not installed.
    """
    with _extra():
        from segdb.web.app import create_app

    return create_app(_config(database, schema, token, hosts, engine))


@checked
def serve(
    database: str | Path = WAREHOUSE,
    *,
    schema: str = "segdb",
    host: str = "127.0.0.1",
    port: int = 8765,
    token: str | None = None,
    hosts: Sequence[str] = (),
    wait: float = 0,
    engine: Engine | None = None,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serve the page and its API until the process is interrupted.

    Args:
        database: the DuckDB file, or the URL of a PostgreSQL server or Spark cluster.
        schema: where in it the segments are.
        host: the address that is listened on; another than this machine's needs a token.
        port: on it; 0 for one that is free.
        token: what who comes must know.
        hosts: names by which the page may be asked for, beside the address.
        wait: seconds that the first page waits while another process holds the file; 3 at least.
        engine: memory, threads and folder of each reader.
        ready: hears the page's address once it answers.

    Raises:
        SettingsError: ``segdb[web]`` is not installed.
        UserError: the address needs a token.
        SourceError: it cannot be listened on.
    """
    with _extra():
        from segdb.web.serve import Server

    config = _config(database, schema, token, hosts, engine)
    server = Server(replace(config, host=host, port=port, wait=max(config.wait, wait)))
    if ready is not None:
        ready(server.url)
    try:
        server.run()
    finally:
        server.close()


def _config(
    database: str | Path,
    schema: str,
    token: str | None,
    hosts: Sequence[str],
    engine: Engine | None,
) -> WebConfig:
    from segdb.web.config import READER, WebConfig

    limits = READER if engine is None else engine.model_copy(update=_lacking(engine))
    return WebConfig(str(database), schema, limits, token=token, hosts=tuple(hosts))


def _lacking(engine: Engine) -> dict[str, object]:
    """Return what of a reader's limits an engine does not name."""
    from segdb.web.config import READER

    names = ("memory_limit", "threads")
    return {name: getattr(READER, name) for name in names if getattr(engine, name) is None}


@contextmanager
def _extra() -> Iterator[None]:
    """Say what is to be installed, where the page's libraries are not."""
    try:
        yield
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] not in ("flask", "waitress", "werkzeug"):
            raise
        raise SettingsError(
            "The web page needs Flask and waitress: pip install 'segdb[web]'."
        ) from None
