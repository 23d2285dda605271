"""What `--json` prints: one value on stdout, also where a command ends with an error."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from segdb.api import publishing
from segdb.cli import main
from segdb.cli.as_json import json_text, wants_json
from segdb.errors import LockedError
from tests.report.shop import Shop, make

LINES = "customer_id,order_date,order_id,amount\n"


def test_json_has_numbers_where_the_database_has_numbers() -> None:
    row = {
        "sum": Decimal(12),
        "money": Decimal("12.50"),
        "none": float("nan"),
        "endless": [float("inf"), 1.5],
        "inside": {"sum": Decimal(3)},
        "when": datetime(2026, 1, 2),
        "word": "é",
        "true": True,
        "nothing": None,
    }
    text = json_text([row])
    assert "é" in text
    assert json.loads(text) == [
        {
            "sum": 12,
            "money": 12.5,
            "none": None,
            "endless": [None, 1.5],
            "inside": {"sum": 3},
            "when": "2026-01-02 00:00:00",
            "word": "é",
            "true": True,
            "nothing": None,
        }
    ]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("json") / "shop.duckdb"
    store = make(path, Shop(customers=300))
    store.connection.execute("UPDATE segdb.runs SET settings = '{\"report\": {}}'")
    store.close()
    return path


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def given(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def commands() -> Iterator[tuple[str, ...]]:
    """Every command and subcommand, as words."""
    for name, command in main.commands.items():
        yield (name,)
        if isinstance(command, click.Group):
            yield from ((name, inner) for inner in command.commands)


def error_of(result: Result, code: int) -> Any:
    """Return the error that is the one thing on stdout, and whose words are on stderr as well."""
    assert result.exit_code == code, result.output
    error = json.loads(result.stdout)["error"]
    assert error["exit_code"] == code
    assert error["message"] in result.stderr
    return error


@pytest.mark.parametrize("words", list(commands()), ids=" ".join)
def test_every_command_says_in_json_what_is_wrong_with_its_words(words: tuple[str, ...]) -> None:
    wait = ["--wait", "never", "--json"]
    error = error_of(given(*words, *wait), 2)
    assert error["kind"] == "UsageError"
    assert "never" in error["message"]
    # Without it, stdout stays empty.
    assert given(*words, "--wait", "never").stdout == ""


@pytest.mark.parametrize(
    "words",
    [
        ("walk", "--json"),
        ("--json",),
        ("--format", "json", "run"),
        ("query", "--format=json", "customers", "Loyal"),
    ],
    ids=" ".join,
)
def test_words_that_are_no_command_are_an_error_in_json(words: tuple[str, ...]) -> None:
    assert error_of(given(*words), 2)["kind"] == "UsageError"


@pytest.mark.parametrize(
    ("words", "kind", "part"),
    [
        (("run", "none.csv"), "SourceError", "none.csv"),
        (("run", "none.csv", "--config", "none.toml"), "SettingsError", "none.toml"),
        (("run",), "UsageError", "Name a SOURCE"),
        (("refresh", "--database", "none.duckdb"), "SourceError", "none.duckdb"),
        (("init", "none.csv"), "SourceError", "none.csv"),
        (("query", "SELECT 1 +", "--database", "none.duckdb"), "SourceError", "none.duckdb"),
    ],
)  # fmt: skip
def test_an_error_has_the_name_of_its_kind(words: tuple[str, ...], kind: str, part: str) -> None:
    error = error_of(given(*words, "--json"), 2)
    assert error["kind"] == kind
    assert part in error["message"]


def test_a_run_that_is_stopped_says_what_to_check(folder: Path) -> None:
    rows = [
        f"c{i % 60},2024-{1 + i % 12:02}-{1 + i % 28:02},{i},{5 + i % 40},{('EUR', 'USD')[i % 2]}"
        for i in range(600)
    ]
    (folder / "orders.csv").write_text(LINES[:-1] + ",currency\n" + "\n".join(rows) + "\n")
    result = given("run", "orders.csv", "--no-report", "--json")
    error = error_of(result, 2)
    assert error["kind"] == "DataError"
    warnings = json.loads(result.stdout)["warnings"]
    assert [warning["code"] for warning in warnings if warning["stops"]] == ["several_currencies"]
    assert warnings[0]["message"] in error["message"]


@pytest.mark.parametrize(
    ("fault", "code", "kind"),
    [
        (KeyboardInterrupt(), 130, "Interrupted"),
        (ZeroDivisionError("of all"), 4, "InternalError"),
        (LockedError("Another has it."), 3, "LockedError"),
    ],
)
def test_whatever_ends_a_run_is_said_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch, fault: BaseException, code: int, kind: str
) -> None:
    def run(**_: object) -> None:
        raise fault

    monkeypatch.setattr(publishing, "run", run)
    (folder / "orders.csv").write_text(LINES)
    assert error_of(given("run", "orders.csv", "--json"), code)["kind"] == kind
    assert given("run", "orders.csv").stdout == ""


def test_an_error_after_the_answer_is_said_on_stderr_alone(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = click.echo

    def echo(*words: Any, **how: Any) -> None:
        usual(*words, **how)
        if not how.get("err"):
            raise KeyboardInterrupt

    monkeypatch.setattr(click, "echo", echo)
    result = given("query", "SELECT 1 AS x", "--database", database, "--json")
    assert result.exit_code == 130
    assert json.loads(result.stdout) == [{"x": 1}]


def test_commands_that_write_files_name_them(database: Path, folder: Path) -> None:
    report = json.loads(given("report", "--database", database, "--json").stdout)
    assert report == {"report": "reports/segments.html", "files": ["reports/segments.html"]}
    export = json.loads(given("export", "out", "--database", database, "--json").stdout)
    assert sorted(export["files"]) == sorted(
        str(path.relative_to(folder)) for path in (folder / "out").rglob("*") if path.is_file()
    )
    queries = json.loads(given("query", "--json").stdout)
    assert {"name", "question", "parameters"} == set(queries[0])
    (folder / "shop.csv").write_text(
        LINES + "".join(f"c{i % 9},2024-01-{1 + i % 28:02},{i},{i}.5\n" for i in range(90))
    )
    init = json.loads(given("init", "shop.csv", "--json").stdout)
    assert init["settings"] == "segdb.toml"
    assert (folder / "segdb.toml").exists()


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (("run", "x.csv", "--json"), True),
        (("query", "x", "--format", "json"), True),
        (("query", "x", "--format=json"), True),
        (("query", "--", "--json"), False),
        (("query", "x", "--format", "csv"), False),
        ((), False),
    ],
)
def test_json_is_what_was_asked_for(words: tuple[str, ...], wanted: bool) -> None:
    assert wants_json(words) is wanted
