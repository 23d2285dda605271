"""The public surface: exactly this, and quick to import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import segdb

ROOT = Path(__file__).resolve().parent.parent
NAMES = [
    "DataError",
    "GateError",
    "LockedError",
    "PublishError",
    "Result",
    "SegdbError",
    "SettingsError",
    "SourceError",
    "UserError",
    "backtest",
    "compare",
    "compile",
    "compile_dbt",
    "diff",
    "export",
    "init",
    "open",
    "refresh",
    "rollback",
    "run",
    "score",
    "serve",
]


def test_the_names_are_these() -> None:
    assert segdb.__all__ == NAMES
    assert dir(segdb) == NAMES


def test_no_module_stands_in_the_place_of_a_function() -> None:
    """Once imported, a module ``segdb.compile`` would hide the function of that name."""
    modules = {path.stem for path in (ROOT / "segdb").iterdir()}
    assert not modules & set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_there_and_documented(name: str) -> None:
    thing = getattr(segdb, name)
    assert thing.__doc__
    assert thing.__module__.startswith("segdb.")


def test_another_name_is_not() -> None:
    with pytest.raises(AttributeError, match="no attribute 'segment'"):
        _ = segdb.segment


def test_importing_waits_for_no_library() -> None:
    heavy = "sklearn numpy duckdb ibis altair pyarrow pandas sqlglot pydantic".split()  # noqa: SIM905
    code = f"import sys, segdb; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout == "[]\n"


def test_a_run_without_a_report_waits_for_no_charts() -> None:
    code = "import sys, segdb; segdb.run; print({'altair', 'jinja2'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout == "set()\n"


def test_a_run_in_duckdb_waits_for_no_other_driver() -> None:
    others = "('psycopg', 'pyspark', 'segdb.engines.postgres', 'segdb.engines.spark')"
    code = f"import sys, segdb; segdb.run; segdb.open; print([*filter(sys.modules.get, {others})])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout == "[]\n"


def test_the_package_is_typed() -> None:
    assert (Path(segdb.__file__).parent / "py.typed").is_file()
