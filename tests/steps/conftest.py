"""One run on real data, for all that is recounted from its tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import segdb
from tests.steps import shops

COMPONENTS, SEGMENTS = 3, 5
ONLINE_RETAIL = Path(__file__).resolve().parents[3] / "shared" / "data" / "online_retail.parquet"


@pytest.fixture(scope="session")
def retail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[segdb.Result]:
    """Online Retail in segments on three components; where it is not, a small shop."""
    settings: dict[str, Any] = {
        "features": {"components": COMPONENTS},
        "cluster": {"k": SEGMENTS},
    }
    if ONLINE_RETAIL.exists():
        path = tmp_path_factory.mktemp("retail") / "retail.duckdb"
        with segdb.run(ONLINE_RETAIL, database=path, settings=settings) as made:
            yield made
        return
    settings["columns"] = shops.ORDER_COLUMNS
    with shops.opened() as connection:
        yield segdb.run("shop", database=connection, settings=settings)
