"""The page in a real browser, with no network: drawn, silent, safe, readable."""

from __future__ import annotations

import importlib.util
import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.report.browser import Browser
from tests.report.conftest import SHOPS, Made

SCREENSHOTS = Path(__file__).resolve().parents[2] / "reports" / "screenshots"
EVERY = pytest.mark.parametrize("name", list(SHOPS))
Get = Callable[[str], Made]


@EVERY
@pytest.mark.parametrize("way", ["light", "dark", "phone", "print"])
def test_every_chart_is_drawn_in_silence_without_a_request_and_for_everyone(
    browser: Browser, made: Get, name: str, way: str
) -> None:
    width = 390 if way == "phone" else 1280
    browser.open(made(name).path, width=width, dark=way == "dark", print_=way == "print")
    plots = browser.evaluate("document.querySelectorAll('.plot').length")
    assert plots >= 10
    assert browser.evaluate("document.documentElement.dataset.ready") == str(plots)
    marks = browser.evaluate(
        "[...document.querySelectorAll('.plot')].map(p => [p.dataset.chart, "
        "p.querySelectorAll('svg path, svg text').length])"
    )
    assert all(count > 1 for _, count in marks), marks
    assert browser.evaluate("document.documentElement.scrollWidth") <= width
    browser.screenshot(SCREENSHOTS / f"{name}-{way}.png")
    assert browser.complaints() == []
    assert browser.requests() == []


def test_hostile_names_do_nothing(browser: Browser, made: Get) -> None:
    browser.open(made("most").path)
    assert browser.evaluate("document.title") == "A shop of <ours>"
    assert browser.evaluate("document.querySelectorAll('img, b b, iframe, object').length") == 0
    assert browser.evaluate("document.scripts.length") == 3
    names = browser.evaluate("[...document.querySelectorAll('.name bdi')].map(e => e.textContent)")
    assert sorted(names) == sorted(made("most").shop.names)


def test_a_script_or_request_that_got_in_would_be_stopped(browser: Browser, made: Get) -> None:
    browser.open(made("least").path)
    browser.evaluate(
        "{const s = document.createElement('script'); s.textContent = 'document.title = 1';"
        "document.body.append(s); const i = new Image(); i.src = 'https://example.org/x.png';"
        "document.body.append(i); fetch('https://example.org/').catch(() => 0)}"
    )
    browser.wait("true")
    assert browser.evaluate("document.title") == "A shop of <ours>"
    told = " ".join(browser.complaints())
    assert "script-src" in told
    assert "img-src" in told
    assert "connect-src" in told


def test_dark_words_are_light_and_print_is_dark_on_white(browser: Browser, made: Get) -> None:
    words = "getComputedStyle(document.querySelector('.role-axis-label text')).fill"
    browser.open(made("plain").path)
    light = browser.evaluate(words)
    browser.open(made("plain").path, dark=True)
    dark = browser.evaluate(words)
    browser.open(made("plain").path, dark=True, print_=True)
    assert light == browser.evaluate(words) != dark
    assert browser.evaluate("getComputedStyle(document.querySelector('.side')).display") == "none"


def test_a_segment_that_is_clicked_is_highlighted_everywhere(browser: Browser, made: Get) -> None:
    browser.open(made("plain").path)
    faded = (
        "[...document.querySelectorAll('#chart-size_balance .mark-rect path')]"
        ".filter(p => Number(p.getAttribute('opacity')) < 0.5).length"
    )
    assert browser.evaluate(faded) == 0
    browser.evaluate("document.querySelector('.card[data-segment=\"2\"]').click()")
    browser.wait(f"{faded} === 4")
    assert browser.evaluate("document.querySelectorAll('.card.picked').length") == 1
    pressed = "document.querySelectorAll('button[data-segment=\"2\"][aria-pressed=true]').length"
    assert browser.evaluate(pressed) == 2
    browser.evaluate("document.querySelector('.pick.all').click()")
    browser.wait(f"{faded} === 0")
    # And from a chart: the bar of a segment.
    browser.mouse("#chart-size_balance .mark-rect path", click=True)
    browser.wait(f"{faded} === 4")
    assert browser.evaluate("document.querySelectorAll('.card.picked').length") == 1


def test_a_tooltip_shows_texts_as_texts(browser: Browser, made: Get) -> None:
    browser.open(made("most").path)
    # On a busy machine the page may still move under the pointer.
    for _ in range(20):
        browser.mouse("#chart-size_balance path[aria-label*=onerror]")
        if browser.evaluate("!document.getElementById('tip').hidden"):
            break
        time.sleep(0.5)
    browser.wait("!document.getElementById('tip').hidden")
    assert made("most").shop.names[0] in browser.evaluate(
        "document.getElementById('tip').textContent"
    )
    assert browser.evaluate("document.querySelectorAll('#tip img').length") == 0
    assert browser.complaints() == []


def test_the_cube_turns_and_the_map_changes_its_axes(browser: Browser, made: Get) -> None:
    browser.open(made("plain").path)
    place = "document.querySelector('#chart-map_space .mark-symbol path').getAttribute('transform')"
    before = browser.evaluate(place)
    browser.evaluate(
        "{const turn = document.querySelector('#chart-map_space input[type=range]');"
        "turn.value = 120; turn.dispatchEvent(new Event('input'))}"
    )
    browser.wait(f"{place} !== {json.dumps(before)}")
    dots = "document.querySelectorAll('#chart-map_rfm .mark-symbol path').length"
    many = browser.evaluate(dots)
    browser.evaluate(
        "{const axes = document.querySelector('#chart-map_rfm select');"
        "axes.selectedIndex = 2; axes.dispatchEvent(new Event('input'));"
        "axes.dispatchEvent(new Event('change'))}"
    )
    browser.wait(f"{dots} !== {many}")
    assert browser.complaints() == []


@pytest.mark.parametrize(
    ("name", "dark"), [("plain", False), ("plain", True), ("most", False), ("bare", True)]
)
def test_axe_finds_nothing_serious(browser: Browser, made: Get, name: str, dark: bool) -> None:
    found = importlib.util.find_spec("axe_playwright_python")
    if found is None or not found.submodule_search_locations:
        pytest.skip("axe-core is not here: pip install --no-deps axe-playwright-python")
    script = Path(next(iter(found.submodule_search_locations))) / "axe.min.js"
    browser.open(made(name).path, dark=dark)
    browser.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; }), 1")
    # Sent through the debugger, which the page's policy does not bind.
    browser.evaluate(script.read_text("utf-8") + "; 1")
    # The charts of one page stand for those of all: theirs are thousands of elements.
    what = "document" if name == "plain" else "{exclude: [['.plot svg']]}"
    violations = browser.evaluate(
        f"axe.run({what}, {{resultTypes: ['violations']}})"
        ".then(r => r.violations.map(v => [v.impact, v.id, "
        "v.nodes.slice(0, 3).map(n => n.html.slice(0, 200) + n.failureSummary)]))"
    )
    serious = [violation for violation in violations if violation[0] in {"serious", "critical"}]
    assert not serious, json.dumps(serious, indent=1)
