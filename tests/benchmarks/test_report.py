"""The report's size, the time to make it, and the time until a browser has drawn all of it."""

from __future__ import annotations

import gc
import statistics
import time
from pathlib import Path

import pytest

from segdb.config.settings import parse
from segdb.report.page import render
from tests.report.browser import Browser, executable
from tests.report.shop import Shop, make

SHOPS = {
    "5 segments, 6 features, 1,500 customers": Shop(runs=2),
    "5 segments, 6 features, 50,000 customers": Shop(runs=2, customers=50_000),
    "5 segments, 6 features, 100,000 customers": Shop(runs=2, customers=100_000),
    "10 segments, 15 features, 100,000 customers": Shop(
        segments=10, features=15, runs=2, customers=100_000
    ),
}
MOST_BYTES = 1_500_000
OPENINGS = 5


@pytest.fixture(scope="module")
def sizes() -> dict[str, int]:
    return {}


@pytest.mark.parametrize("name", list(SHOPS))
def test_size_and_time(tmp_path: Path, name: str, sizes: dict[str, int]) -> None:
    store = make(tmp_path / "shop.duckdb", SHOPS[name])
    settings = parse({"report": {"currency": "£"}})
    render(store.fetch, settings)
    gc.collect()
    start = time.perf_counter()
    page = render(store.fetch, settings)
    took = time.perf_counter() - start
    store.close()
    sizes[name] = len(page.encode())
    print(f"\n{name}: {sizes[name]:,} bytes, made in {took:.2f} s", end="")  # noqa: T201
    path = tmp_path / "page.html"
    path.write_text(page, "utf-8")
    print(f", {_ready(path)}")  # noqa: T201
    assert sizes[name] <= MOST_BYTES


def test_more_customers_make_no_larger_page_than_the_bins_do(sizes: dict[str, int]) -> None:
    _, full, twice, _ = sizes.values()
    # A cell of the maps holds no less than one in 800 of the customers.
    assert abs(twice - full) < 20_000


def _ready(path: Path) -> str:
    found = executable()
    if found is None:
        return "no Chromium to open it"
    browser = Browser(found)
    try:
        times = []
        for _ in range(OPENINGS):
            browser.open(path)
            times.append(float(browser.evaluate("document.documentElement.dataset.took")))
    finally:
        browser.close()
    return f"drawn in {statistics.median(times):,.0f} ms ({min(times):,.0f} at best)"
