"""The pages in Chromium: nothing refused by the policy, and what moves answers at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.report.browser import Browser, executable
from tests.web.conftest import Served

PAGES = (
    "/", "/segments/1", "/segments/compare?a=1&b=2", "/customers", "/customers/one?id=C00123",
    "/lists", "/what-if", "/ask", "/ask/customers", "/runs?before=1&after=2", "/nothing",
)  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = executable()
    if path is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    opened = Browser(path)
    try:
        yield opened
    finally:
        opened.close()


@pytest.fixture(scope="module")
def served(shop: Path) -> Iterator[Served]:
    server = Served("--database", str(shop), cwd=shop.parent)
    try:
        yield server
    finally:
        server.stop()


def visit(browser: Browser, url: str, width: int = 1280) -> None:
    browser.events.clear()
    browser.call(
        "Emulation.setDeviceMetricsOverride",
        width=width, height=900, deviceScaleFactor=1, mobile=width < 500,
    )  # fmt: skip
    browser.call("Page.navigate", url=url)
    browser.wait(f"document.readyState == 'complete' && location.href.startsWith({url!r})")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_in_a_browser(browser: Browser, served: Served, path: str) -> None:
    for width in (1280, 390):
        visit(browser, served.url + path, width)
        if browser.evaluate("!!document.querySelector('.plot')"):
            browser.wait("document.documentElement.dataset.ready")
            assert not browser.evaluate("document.querySelectorAll('.plot.failed').length")
        # Nothing is wider than the window.
        assert browser.evaluate("document.documentElement.scrollWidth") <= width
        problems = [
            event["params"]["entry"]
            for event in browser.events
            if event.get("method") == "Log.entryAdded"
            and event["params"]["entry"]["level"] == "error"
        ]
        assert not [one for one in problems if path != "/nothing" or "404" not in one["text"]]
        assert not [e for e in browser.events if e.get("method") == "Runtime.exceptionThrown"]
        for event in browser.events:
            if event.get("method") == "Network.requestWillBeSent":
                url = event["params"]["request"]["url"]
                assert url.startswith((served.url, "data:")), url


def test_what_if_answers_as_a_feature_moves(browser: Browser, served: Served) -> None:
    visit(browser, f"{served.url}/what-if")
    move = (
        "(() => { const f = document.querySelector('[name=monetary]'); f.value = VALUE;"
        " f.dispatchEvent(new Event('input', { bubbles: true })); })()"
    )
    names = []
    for value in (1, 100_000):
        browser.evaluate(move.replace("VALUE", str(value)))
        browser.wait(f"new URLSearchParams(location.search).get('monetary') == '{value}'")
        names.append(browser.evaluate("document.getElementById('verdict-name').textContent"))
        segment = browser.evaluate(
            "fetch('/what-if' + location.search).then((r) => r.text()).then((t) => new DOMParser()"
            ".parseFromString(t, 'text/html').getElementById('verdict-name').textContent)"
        )
        assert segment == names[-1]
    assert names[0] != names[1]


def test_a_list_counts_as_it_is_made(browser: Browser, served: Served) -> None:
    visit(browser, f"{served.url}/lists")
    count = "document.querySelector('#result data').value"
    assert browser.evaluate(count) == "300"
    browser.evaluate("document.querySelector('[name=segment]').click()")
    browser.wait(f"{count} != '300'")
    assert browser.evaluate("location.search").startswith("?segment=")
    assert browser.evaluate("document.querySelector('#result a.button').href").endswith(
        browser.evaluate("location.search.slice(1)")
    )
