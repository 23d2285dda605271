"""The server that exported SQL is run on."""

from __future__ import annotations

from tests.postgres_server import postgres

__all__ = ["postgres"]
