"""A database file that is damaged, or none: each command says so and leaves it as it is.

Each runs in a process of its own, since DuckDB may end one over a damaged file.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

import segdb
from tests.chaos.program import started
from tests.steps import shops

COMMANDS = (
    ("query", "segment_value"),
    ("refresh", "--no-report"),
    ("rollback", "1"),
    ("score", "shop.parquet", "--into", "scores.csv", "--force"),
    ("report", "--output", "report.html"),
    ("run", "shop.parquet", "--no-report", "--config", "chosen.toml"),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a source, and a database that two runs have published to."""
    folder = tmp_path_factory.mktemp("damaged")
    source, path = folder / "shop.parquet", folder / "whole.duckdb"
    with shops.opened() as connection:
        connection.execute(f"COPY shop TO '{source}'").fetchall()
    for k in (3, 4):
        chosen = shops.settings("orders", cluster={"k": k, "n_init": 1})
        segdb.run(source, database=path, settings=chosen).close()
    (folder / "chosen.toml").write_text(shops.TOML, "utf-8")
    return folder


def overwritten(size: int, place: float) -> Callable[[bytes], bytes]:
    """Return what writes random bytes into a file."""

    def change(data: bytes) -> bytes:
        at = int(place * (len(data) - size))
        noise = random.Random(size).randbytes(size)
        return data[:at] + noise + data[at + size :]

    return change


def sqlite(_: bytes) -> bytes:
    with sqlite3.connect(":memory:") as connection:
        connection.execute("CREATE TABLE other (x INTEGER)")
        return connection.serialize()


NO_DATABASE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "text": lambda _: b"Dear Sir or Madam,\n" * 400,
    "SQLite": sqlite,
    "zeros": lambda data: bytes(len(data)),
    "cut in its head": lambda data: data[:5000],
}
DAMAGED: dict[str, Callable[[bytes], bytes]] = {
    "cut in half": lambda data: data[: len(data) // 2],
    "a block": overwritten(262_144, 0.4),
    "a page at its end": overwritten(4096, 0.98),
}


@pytest.mark.parametrize("damage", [*NO_DATABASE, *DAMAGED])
def test_a_damaged_file_is_said_and_left_as_it_is(
    folder: Path, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    path, errors = folder / "damaged.duckdb", folder / "errors.txt"
    data = (NO_DATABASE | DAMAGED)[damage]((folder / "whole.duckdb").read_bytes())
    # What is found at once is found alike by all.
    for command in COMMANDS[:: 1 if damage in DAMAGED else 5]:
        for old in folder.glob("damaged.duckdb*"):
            old.unlink()
        path.write_bytes(data)
        process = started((*command, "--database", str(path)), errors)
        process.join(120)
        said = errors.read_text("utf-8")
        assert "Traceback" not in said, (command, said)
        # Where nothing that it needs is damaged a command succeeds.
        assert process.exitcode in ((2,) if damage in NO_DATABASE else (0, 2)), (command, said)
        if process.exitcode != 0:
            assert "damaged.duckdb" in said, (command, said)
            assert path.read_bytes() == data, command
