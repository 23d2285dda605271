"""The package in warehouse/packages is what `segdb compile --dbt` writes today."""

from __future__ import annotations

from pathlib import Path

import pytest

from segdb.errors import SettingsError
from tests.warehouse.shop import PACKAGE, WAREHOUSE, compile_package, copy_of_project, publish

# They hold learned numbers, whose last digits differ between machines.
LEARNED = ("capped", "scaled", "assigned", "filled", "segment_words", "customer_segments")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    project = copy_of_project(tmp_path_factory.mktemp("shop"))
    compile_package(publish(project), project / PACKAGE)
    if request.config.getoption("--rewrite-golden"):
        compile_package(project / "warehouse.duckdb", WAREHOUSE / PACKAGE)
    return project / PACKAGE


def paths(folder: Path) -> set[str]:
    made = {"target", "logs", "dbt_packages"}
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and not made & set(path.parts)
    }


def test_the_package_has_not_drifted(written: Path) -> None:
    committed = WAREHOUSE / PACKAGE
    assert paths(committed) == paths(written), "pytest --rewrite-golden writes it anew"
    for path in sorted(paths(written)):
        if not any(Path(path).stem.endswith(name) for name in LEARNED):
            told = "pytest --rewrite-golden writes it anew; read the difference"
            assert (committed / path).read_text("utf-8") == (written / path).read_text("utf-8"), (
                told
            )


def test_no_python_is_in_it(written: Path) -> None:
    assert {Path(path).suffix for path in paths(written)} == {".sql", ".yml"}


def test_another_folder_is_not_written_over(written: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", "utf-8")
    with pytest.raises(SettingsError, match="Name an empty folder"):
        compile_package(written.parent.parent / "warehouse.duckdb", tmp_path)
