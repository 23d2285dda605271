"""Shops, their pages, and a browser to look at them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from segdb.config.settings import Settings, parse
from segdb.engines.duckdb.database import DuckDB
from segdb.report.page import render
from tests.report.browser import Browser, executable
from tests.report.shop import Shop, make

# By the name of their screenshots: as many segments and features as there may be, with hostile
# names; as few; without orders; what the second run of a shop looks like; nothing but the least.
SHOPS = {
    "plain": Shop(runs=2),
    "most": Shop(segments=10, features=15, hostile=True, runs=2),
    "least": Shop(segments=2, features=3),
    "attributes": Shop(segments=3, features=5, revenue=False, customers=200),
    "bare": Shop(bare=True),
}


# What a settings file may hold, at its worst.
TITLE = "</title><script>alert(1)</script> {{ 7 * 7 }} \u202eشرائح\u202c " + "long " * 60
CURRENCY = "</script>$&'"


@dataclass(frozen=True)
class Made:
    """A shop with its open database and its page."""

    shop: Shop
    store: DuckDB
    settings: Settings
    html: str
    path: Path


Get = Callable[[str], Made]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Get]:
    folder = tmp_path_factory.mktemp("shops")
    known: dict[str, Made] = {}

    def get(name: str) -> Made:
        if name not in known:
            shop = SHOPS[name]
            store = make(folder / f"{name}.duckdb", shop)
            words = (CURRENCY, TITLE) if shop.hostile else ("£", "A shop of <ours>")
            settings = parse({"report": dict(zip(("currency", "title"), words, strict=True))})
            html = render(store.fetch, settings)
            path = folder / f"{name}.html"
            path.write_text(html, "utf-8")
            known[name] = Made(shop, store, settings, html, path)
        return known[name]

    yield get
    for one in known.values():
        one.store.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = executable()
    if path is None:
        pytest.skip("there is no Chromium: apt-get install chromium")
    opened = Browser(path)
    yield opened
    opened.close()
