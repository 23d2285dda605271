"""An argument of another kind is named in the error, before anything is read or made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

import segdb
from segdb.api.arguments import checked
from segdb.errors import UserError

WRONG: list[tuple[Callable[..., object], dict[str, Any], str]] = [
    (segdb.open, {"schema": None}, "open: schema takes a text, and None is nothing"),
    (segdb.open, {"schema": ""}, "schema takes a text, and '' is empty"),
    (segdb.open, {"database": None}, "a file or the URL of a server, and not a NoneType"),
    (segdb.open, {"database": 5}, "a file or the URL of a server, and not a int"),
    (segdb.open, {"wait": -1}, "wait takes seconds, 0 or more, and -1"),
    (segdb.refresh, {"wait": "x"}, "wait takes seconds, 0 or more, and 'x' is of the type str"),
    (segdb.refresh, {"wait": None}, "wait takes seconds"),
    (segdb.run, {"orders": "x", "settings": 5}, "settings takes Settings, or the sections"),
    (segdb.run, {"orders": "x", "settings": "segdb.toml"}, "and 'segdb.toml' is of the type str"),
    (
        segdb.score,
        {"orders": "x", "into": 5},
        "into takes a table's name or a path, and 5 is of the type int",
    ),
    (
        segdb.score,
        {"orders": "x", "into": ""},
        "into takes a table's name or a path, and '' is empty",
    ),
    (segdb.score, {"orders": "x", "as_of": "2024-01-01"}, "as_of takes a datetime"),
    (segdb.score, {"orders": "x", "as_of": date(2024, 1, 1)}, "that is of the type date"),
    (segdb.score, {"orders": "x", "run_id": "1"}, "run_id takes a whole number, and '1'"),
    (segdb.score, {"orders": "x", "engine": {"threads": 1}}, "engine takes an Engine"),
    (segdb.rollback, {"run_id": None}, "run_id takes a whole number, and None is nothing"),
    (segdb.rollback, {"run_id": True}, "run_id takes a whole number, and True"),
    (segdb.diff, {"before": None, "after": 2}, "before takes a whole number"),
    (segdb.compile, {"dialect": None}, "dialect takes a text"),
    (segdb.compile_dbt, {"folder": None}, "folder takes a path"),
    (segdb.export, {"folder": 5}, "folder takes a path"),
]


@pytest.mark.parametrize(("call", "arguments", "words"), WRONG)
def test_a_wrong_argument_is_named(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    call: Callable[..., object],
    arguments: dict[str, Any],
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError) as caught:
        call(**arguments)
    assert words in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_connection_is_not_opened_for_reading() -> None:
    with duckdb.connect() as connection, pytest.raises(UserError, match="and not a DuckDBPy"):
        segdb.open(connection)


def test_what_a_function_takes_as_left_out_is_no_error() -> None:
    @checked
    def call(folder: Path, run_id: int | None = None, wait: float = 0) -> tuple[object, ...]:
        return folder, run_id, wait

    assert call(Path("x")) == (Path("x"), None, 0)
    assert call(Path("x"), None, 2) == (Path("x"), None, 2)
    with pytest.raises(UserError, match="call: wait takes seconds"):
        call(Path("x"), None, None)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="missing a required argument"):
        call()  # type: ignore[call-arg]
