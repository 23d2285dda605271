"""What a database file, a settings file or a command must not get done, and what ends how."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

import segdb
from segdb import contract
from segdb.cli import main
from segdb.config.settings import parse
from tests.steps import shops


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a source, settings, and a database that a run of it has published to."""
    folder = tmp_path_factory.mktemp("attacks")
    with shops.opened() as connection:
        connection.execute(f"COPY shop TO '{folder / 'shop.parquet'}'").fetchall()
    settings = shops.settings("orders")
    segdb.run(folder / "shop.parquet", database=folder / "shop.duckdb", settings=settings).close()
    (folder / "chosen.toml").write_text(shops.TOML, "utf-8")
    return folder


@pytest.fixture
def database(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the database, in an empty folder where the commands are given."""
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copy(base / "shop.duckdb", tmp_path / "copy.duckdb"))


def given(database: Path, *arguments: object) -> Result:
    words = [str(argument) for argument in arguments]
    return CliRunner().invoke(main, [*words, "--database", str(database)])


def change(database: Path, *statements: str) -> None:
    with duckdb.connect(str(database)) as connection:
        for sql in statements:
            connection.execute(sql).fetchall()


def refused(result: Result, words: str) -> None:
    assert result.exit_code == 2, result.output
    assert words in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "name",
    [
        "mine.parquet",
        "mine.CSV",
        *(pytest.param(f"mine.{kind}", marks=pytest.mark.slow) for kind in ("csv", "tsv")),
    ],
)
def test_scores_take_no_place_of_another_file(database: Path, base: Path, name: str) -> None:
    Path(name).write_text("mine", "utf-8")
    source = base / "shop.parquet"
    refused(given(database, "score", source, "--into", name), "--force writes over it")
    assert Path(name).read_text("utf-8") == "mine"
    assert given(database, "score", source, "--into", name, "--force").exit_code == 0
    assert Path(name).stat().st_size > 1000
    again = given(database, "score", source, "--into", name)
    # A Parquet file has room for a mark.
    assert again.exit_code == (0 if name.endswith(".parquet") else 2)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (("report", "--output", "mine"), "mine"),
        (("compile", "--output", "mine"), "mine"),
        (("export", "."), "segments.csv"),
        (("export", "."), "README.md"),
    ],
)
def test_no_command_writes_over_what_is_not_ours(
    database: Path, arguments: tuple[str, ...], name: str
) -> None:
    Path(name).write_text("mine", "utf-8")
    refused(given(database, *arguments), "--force writes over it")
    assert Path(name).read_text("utf-8") == "mine"
    assert given(database, *arguments, "--force").exit_code == 0
    assert Path(name).read_text("utf-8") != "mine"
    assert given(database, *arguments).exit_code == 0


def test_a_view_of_a_stranger_reads_no_file(database: Path) -> None:
    secret = Path("secret.txt").absolute()
    secret.write_text("hush", "utf-8")
    live = "CREATE OR REPLACE VIEW segdb.segments_live AS SELECT content FROM "
    change(database, f"{live} read_text('{secret}')")
    result = given(database, "query", "FROM segments_live")
    refused(result, "nothing proves that your segdb named it there")
    assert "hush" not in result.output
    refused(given(database, "query", "--sources", "FROM segments_live"), "no source of the last")


def test_a_run_of_this_user_lets_its_view_read(database: Path) -> None:
    result = given(database, "query", "SELECT count(*) AS n FROM segments_live")
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("CREATE MACRO main.sum(x) AS 5", "has a macro main.sum"),
        ("CREATE MACRO main.read_csv(x) AS TABLE SELECT 5", "has a macro main.read_csv"),
        (
            "DROP TABLE segdb.k_selection; CREATE VIEW segdb.k_selection AS SELECT 1",
            "segdb.k_selection is a view",
        ),
    ],
)
def test_nothing_stands_in_for_what_segdb_calls(database: Path, sql: str, words: str) -> None:
    change(database, *sql.split("; "))
    refused(given(database, "refresh", "--no-report"), words)


@pytest.mark.parametrize("key", ["[report]\npath", "[engine]\ntemp_directory"])
def test_settings_that_lie_here_write_nothing_elsewhere(database: Path, key: str) -> None:
    Path("segdb.toml").write_text(f'{key} = "../elsewhere"\n', "utf-8")
    refused(given(database, "report"), "is outside of the folder")
    assert not Path("../elsewhere").exists()


GONE = ("segment_history", "runs", "segments", "kept_runs")


@pytest.mark.parametrize(
    "names",
    [GONE, ("runs",), *(pytest.param((name,), marks=pytest.mark.slow) for name in GONE)],
    ids=" ".join,
)
def test_a_table_that_is_gone_stops_no_run(
    database: Path, base: Path, names: tuple[str, ...]
) -> None:
    change(database, *(f"DROP TABLE segdb.{name}" for name in names))
    settings = parse(shops.settings("orders"))
    with segdb.run(base / "shop.parquet", database=database, settings=settings) as result:
        there = {row["name"] for row in result.query("SHOW TABLES FROM segdb").to_pylist()}
        assert {table.name for table in contract.TABLES} <= there
        assert all(result.table(name).num_rows >= 0 for name in names)


DAMAGES = ("NULL", "'{}'", "'[1]'", "'{'")


def damage(database: Path, column: str, value: str) -> None:
    change(
        database,
        f"ALTER TABLE segdb.runs ALTER {column} TYPE VARCHAR",
        f"UPDATE segdb.runs SET {column} = {value}",
    )


@pytest.mark.parametrize("column", ["model", "settings"])
@pytest.mark.parametrize("value", DAMAGES)
def test_a_damaged_run_is_said(database: Path, column: str, value: str) -> None:
    damage(database, column, value)
    refused(given(database, "compile"), "`segdb run`")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("model", "'{'"),
        ("settings", "NULL"),
        *(
            pytest.param(column, value, marks=pytest.mark.slow)
            for column in ("model", "settings")
            for value in DAMAGES
        ),
    ],
)
def test_a_damaged_run_is_published_over(
    database: Path, base: Path, column: str, value: str
) -> None:
    damage(database, column, value)
    segdb.run(base / "shop.parquet", database=database, settings=shops.settings("orders")).close()
    assert given(database, "compile").exit_code == 0


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt(), 130), (KeyError("x"), 4)])
def test_after_the_commit_the_run_is_said_to_be_published(
    database: Path,
    base: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    code: int,
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("segdb.report.page.render", fail)
    source, config = base / "shop.parquet", base / "chosen.toml"
    result = given(database, "run", source, "--config", config)
    assert result.exit_code == code
    assert f"Run 2 is published in {database}" in result.output
    assert "as they were" not in result.output


def test_a_reader_that_goes_away_ends_a_query_in_silence(database: Path) -> None:
    outside, inside = os.pipe()
    os.close(outside)
    program = [sys.executable, "-c", "from segdb.cli import main; main()"]
    done = subprocess.run(
        [*program, "query", "FROM segments", "--database", str(database)],
        stdout=inside,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(inside)
    assert (done.returncode, done.stderr) == (141, b"")
