"""serve: what it refuses, in words, before it listens."""

from __future__ import annotations

import builtins
import socket
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from segdb.cli import main


def refused(*arguments: str) -> str:
    done = CliRunner().invoke(main, ["serve", "--no-browser", *arguments])
    assert done.exit_code == 2, done.output
    assert "Traceback" not in done.output
    return " ".join(done.output.split())


def test_another_address_needs_a_token(tmp_path: Path) -> None:
    database = ("--database", str(tmp_path / "shop.duckdb"))
    words = refused("--host", "0.0.0.0", *database)  # noqa: S104 - refused
    assert "give --token TOKEN or --token-file FILE" in words
    assert "16 characters" in refused("--token", "short", *database)
    assert "cannot be read" in refused("--token-file", str(tmp_path / "none"), *database)
    both = ("--token", "x" * 20, "--token-file", str(tmp_path / "none"))
    assert "not both" in refused(*both, *database)


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        words = refused("--port", port, "--database", str(tmp_path / "shop.duckdb"))
    assert f"127.0.0.1:{port} cannot be listened on" in words
    assert "another port" in words


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "segdb.web.serve":
            raise ModuleNotFoundError("No module named 'waitress'", name="waitress")
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    words = refused("--database", str(tmp_path / "shop.duckdb"))
    assert "pip install 'segdb[web]'" in words
