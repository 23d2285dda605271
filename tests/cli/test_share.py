"""The commands that share what was published, as a user gives them."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result

from segdb.cli import main
from tests.report.shop import Shop, make


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published shop whose last run had a title and a currency of its own."""
    path = tmp_path_factory.mktemp("share") / "shop.duckdb"
    store = make(path, Shop(customers=300))
    report = {"title": "Kept title", "currency": "₤", "path": "kept/page.html", "examples": False}
    store.connection.execute("UPDATE segdb.runs SET settings = ?", [json.dumps({"report": report})])
    store.close()
    return path


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each command is given in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def given(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_report_is_as_the_run_was_shown_and_where_the_user_says(
    database: Path, folder: Path
) -> None:
    before = database.read_bytes()
    result = given("report", "--database", database)
    assert result.exit_code == 0, result.output
    assert "Wrote reports/segments.html (1." in result.output
    page = (folder / "reports" / "segments.html").read_text("utf-8")
    assert "<title>Kept title</title>" in page
    assert "₤" in page
    # Nothing is fitted and nothing is published.
    assert database.read_bytes() == before
    assert [path.name for path in folder.iterdir()] == ["reports"]


def test_settings_that_are_there_come_before_those_of_the_run(database: Path, folder: Path) -> None:
    (folder / "segdb.toml").write_text('[report]\ntitle = "New"\ncurrency = "¤"\n', "utf-8")
    result = given("report", "--database", database, "--output", "here.html")
    assert result.exit_code == 0, result.output
    page = (folder / "here.html").read_text("utf-8")
    assert "<title>New</title>" in page
    assert "Monetary (¤)" in page
    assert "Monetary (₤)" not in page


@pytest.mark.parametrize("form", [pytest.param("svg", marks=pytest.mark.slow), "png"])
def test_each_chart_as_a_picture(database: Path, folder: Path, form: str) -> None:
    result = given("report", "--database", database, "--format", form, "--output", "slides")
    assert result.exit_code == 0, result.output
    files = list((folder / "slides").iterdir())
    assert f"Wrote {len(files)} pictures to slides." in result.output
    assert len(files) > 15
    for file in files:
        assert file.suffix == f".{form}"
        if form == "svg":
            assert ET.parse(file).getroot().tag.endswith("svg")  # noqa: S314 - ours
        else:
            assert file.read_bytes().startswith(b"\x89PNG")


def test_export(database: Path, folder: Path) -> None:
    result = given("export", "tables", "--database", database)
    assert result.exit_code == 0, result.output
    names = {path.name for path in (folder / "tables").iterdir()}
    assert f"Wrote {len(names)} files to tables." in result.output
    assert {"README.md", "segments.csv", "segments.parquet"} <= names


@pytest.mark.parametrize("command", [("report",), ("export", "tables")])
def test_a_database_that_is_not_there_is_said_in_one_paragraph(command: tuple[str, ...]) -> None:
    result = given(*command, "--database", "nowhere.duckdb")
    assert result.exit_code == 2
    assert "nowhere.duckdb" in result.output
    assert "Traceback" not in result.output
    assert len(result.output.strip().splitlines()) == 1


def test_a_place_that_cannot_be_written_is_said(database: Path, folder: Path) -> None:
    (folder / "file").touch()
    result = given("report", "--database", database, "--output", "file/page.html")
    assert result.exit_code == 2
    assert "cannot be" in result.output
