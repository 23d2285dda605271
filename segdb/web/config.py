"""Config: what the page shows, who may see it, and how much it may cost."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address

from segdb.config.sections import Engine
from segdb.errors import UserError, option

LOCAL = ("127.0.0.1", "localhost", "::1")
PORT = 8765
# What each reader may use, where the settings do not say: there are four.
READER = Engine(memory_limit="1GB", threads=2)
_SHORTEST_TOKEN = 16


@dataclass(frozen=True)
class WebConfig:
    """All that the page is told.

    Attributes:
        database: a DuckDB file, or the URL of a server.
        schema: where in it the published tables are.
        engine: memory, threads and folder of each reader.
        host: the address that is listened on.
        port: on it.
        token: what who comes must know; None on this machine alone.
        hosts: names by which the page may be asked for, beside the address itself.
        readers: questions answered at a time.
        seconds: what a question may take.
        wait: seconds to wait for a turn, or for the database at the start.
        body_bytes: the longest request.
        assign_rows: rows of one POST assign.
        shown_rows: rows of an answer on a page.
        list_rows: rows of a list that is downloaded.
    """

    database: str
    schema: str = "segdb"
    engine: Engine = READER
    host: str = "127.0.0.1"
    port: int = PORT
    token: str | None = None
    hosts: tuple[str, ...] = ()
    readers: int = 4
    seconds: float = 10.0
    wait: float = 3.0
    body_bytes: int = 2_000_000
    assign_rows: int = 10_000
    shown_rows: int = 500
    list_rows: int = 1_000_000

    def __post_init__(self) -> None:
        if self.token is not None and len(self.token) < _SHORTEST_TOKEN:
            raise UserError(
                f"A token has {_SHORTEST_TOKEN} characters or more. "
                "`python -c 'import secrets; print(secrets.token_urlsafe())'` makes one."
            )
        if not is_local(self.host) and self.token is None:
            raise UserError(
                f"{self.host} can be reached from other machines: give {option('token', 'TOKEN')} "
                f"or {option('token-file', 'FILE')}, or leave out {option('host')}."
            )

    @property
    def allowed_hosts(self) -> frozenset[str]:
        """What the Host header may name, without the port and in lower case."""
        named = {self.host.lower(), *(host.lower() for host in self.hosts)}
        return frozenset(named | set(LOCAL) if is_local(self.host) else named)

    @property
    def url(self) -> str:
        """Where the page is."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/"


def is_local(host: str) -> bool:
    """Whether an address can be reached from this machine alone."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
