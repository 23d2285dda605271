"""A folder of files: over what was written so before, and over nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from segdb.engines.output_folder import write_folder
from segdb.errors import SettingsError

PROJECT = "# Made by segdb\nname: x\n"


def test_what_an_earlier_run_wrote_goes(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "package"
    stage, described = (
        "models/stages/segdb_a.sql",
        {"models/sources.yml": "# Made by segdb\ny: 1\n"},
    )
    written = write_folder(folder, {"dbt_project.yml": PROJECT, stage: "1", **described})
    assert written[1] == folder / stage
    (folder / "target").mkdir()
    (folder / "target" / "run.sql").write_text("theirs", "utf-8")
    for name in ("mine.sql", "mine.yml"):
        (folder / "models" / name).write_text("theirs", "utf-8")
    write_folder(folder, {"dbt_project.yml": PROJECT, "models/stages/segdb_c.sql": "3"})
    left = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    theirs = {"target/run.sql", "models/mine.sql", "models/mine.yml"}
    assert left == {"dbt_project.yml", "models/stages/segdb_c.sql", *theirs}


@pytest.mark.parametrize("project", [None, "name: theirs\n"])
def test_what_is_not_ours_stays(tmp_path: Path, project: str | None) -> None:
    (tmp_path / "models").mkdir()
    theirs = tmp_path / "models" / "theirs.sql"
    theirs.write_text("SELECT 1", "utf-8")
    if project:
        (tmp_path / "dbt_project.yml").write_text(project, "utf-8")
    with pytest.raises(SettingsError, match="Name an empty folder"):
        write_folder(tmp_path, {"dbt_project.yml": PROJECT})
    assert theirs.read_text("utf-8") == "SELECT 1"


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(SettingsError, match="cannot be written"):
        write_folder(tmp_path / "file", {"dbt_project.yml": PROJECT})
