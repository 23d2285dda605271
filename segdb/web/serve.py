"""Serve: the page on an address, until it is stopped."""

from __future__ import annotations

import logging
import socket

from waitress.server import create_server

from segdb.errors import SourceError, option
from segdb.web.app import create_app
from segdb.web.config import WebConfig

# Threads beside those that read: a page needs its style while another question is answered.
_MORE = 6


class Server:
    """A server that listens already.

    Attributes:
        url: where the page is.
    """

    def __init__(self, config: WebConfig) -> None:
        # Waitress says at each long queue that it is long.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        try:
            listening = socket.create_server(
                (config.host, config.port),
                family=socket.AF_INET6 if ":" in config.host else socket.AF_INET,
                backlog=256,
            )
        except OSError as error:
            raise SourceError(
                f"{config.host}:{config.port} cannot be listened on: {error.strerror}. Name "
                f"another port with {option('port', str(config.port + 1))}."
            ) from None
        port = int(listening.getsockname()[1])
        self.url = config.url.replace(f":{config.port}/", f":{port}/")
        self._server = create_server(
            create_app(config),
            sockets=[listening],
            threads=config.readers + _MORE,
            max_request_body_size=config.body_bytes + 65_536,
            max_request_header_size=65_536,
            channel_timeout=30,
            connection_limit=200,
            ident=None,
            clear_untrusted_proxy_headers=True,
        )

    def run(self) -> None:
        """Answer requests until the process is interrupted."""
        self._server.run()

    def close(self) -> None:
        """Stop listening."""
        self._server.close()
