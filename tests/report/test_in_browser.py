"""The page in a real browser, with no network: drawn, silent, safe, readable."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from segdb.config.playbook import load
from tests.report.browser import Browser
from tests.report.conftest import SHOPS, TITLE, Get

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "reports" / "screenshots"
AXE = ROOT / ".cache" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
# One page in each way, and each page in one; the rest in `make test-slow`.
WAYS = [
    pytest.param(name, way, marks=[] if name == "most" or way == "light" else pytest.mark.slow)
    for name in SHOPS
    for way in ("light", "dark", "phone", "print")
]


@pytest.mark.parametrize(("name", "way"), WAYS)
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


def test_no_word_of_a_persona_is_broken_on_a_phone(browser: Browser, made: Get) -> None:
    browser.open(made("plain").path, width=390)
    words = sorted({word for one in load().personas for word in one.name.split()})
    heights = browser.evaluate(
        "(() => {const name = document.querySelector('.glance .name bdi');"
        f"return {json.dumps(words)}.map(word => (name.textContent = word, name.offsetHeight))}})()"
    )
    assert dict(zip(words, heights, strict=True)) == dict.fromkeys(words, heights[0])
    assert len(words) > 10


def test_hostile_names_do_nothing(browser: Browser, made: Get) -> None:
    browser.open(made("most").path)
    # A browser puts one blank for several in the title of a window.
    assert browser.evaluate("document.title") == " ".join(TITLE.split(" ")).strip()
    assert browser.evaluate("document.querySelectorAll('img, b b, iframe, object').length") == 0
    assert browser.evaluate("document.scripts.length") == 3
    for place in (".card h3 .name bdi", ".glance .name bdi", ".pick bdi"):
        names = browser.evaluate(
            f"[...document.querySelectorAll('{place}')].map(e => e.textContent)"
        )
        assert sorted(names) == sorted(made("most").shop.names)
    # The reasons of rejected rows and the file's name are texts as well.
    steps = browser.evaluate("document.querySelector('#chart-rows_waterfall').textContent")
    assert made("most").shop.names[0] in steps
    assert made("most").shop.names[0] in browser.evaluate(
        "document.querySelector('#use').textContent"
    )
    assert browser.complaints() == []


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
    assert browser.evaluate(pressed) == 3
    assert browser.evaluate("document.querySelectorAll('.glance tr.picked').length") == 1
    browser.evaluate("document.querySelector('.pick.all').click()")
    browser.wait(f"{faded} === 0")
    # And from a chart: the bar of a segment.
    browser.mouse("#chart-size_balance .mark-rect path", click=True)
    browser.wait(f"{faded} === 4")
    assert browser.evaluate("document.querySelectorAll('.card.picked').length") == 1


def test_a_tooltip_shows_texts_as_texts(browser: Browser, made: Get) -> None:
    browser.open(made("most").path)
    browser.mouse("#chart-size_balance path[aria-label*=onerror]")
    browser.wait("!document.getElementById('tip').hidden")
    assert made("most").shop.names[0] in browser.evaluate(
        "document.getElementById('tip').textContent"
    )
    assert browser.evaluate("document.querySelectorAll('#tip img').length") == 0
    assert browser.complaints() == []


def test_a_segment_is_highlighted_by_the_keyboard_alone(browser: Browser, made: Get) -> None:
    browser.open(made("plain").path)
    focused = "document.activeElement.dataset.segment"
    for _ in range(40):
        browser.key("Tab", 9)
        if browser.evaluate(focused) == "2":
            break
    assert browser.evaluate("document.activeElement.className").startswith("pick")
    assert browser.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    browser.key("Enter", 13)
    assert browser.evaluate("document.querySelectorAll('.card.picked').length") == 1
    assert browser.evaluate("document.activeElement.getAttribute('aria-pressed')") == "true"
    browser.key("Escape", 27)
    assert browser.evaluate("document.querySelectorAll('.card.picked').length") == 0


def test_nothing_moves_for_those_who_prefer_it(browser: Browser, made: Get) -> None:
    moves = (
        "[getComputedStyle(document.documentElement).scrollBehavior,"
        "getComputedStyle(document.querySelector('.card')).transitionProperty]"
    )
    browser.open(made("least").path, still=True)
    assert browser.evaluate(moves) == ["auto", "none"]
    browser.open(made("least").path)
    assert browser.evaluate(moves) == ["smooth", "opacity"]


@pytest.mark.parametrize("name", ["plain", "most"])
def test_charts_are_drawn_anew_for_the_sheet(browser: Browser, made: Get, name: str) -> None:
    browser.open(made(name).path)
    widths = (
        "Object.fromEntries([...document.querySelectorAll('.plot')].map(p => "
        "[p.dataset.chart, Number(p.querySelector('svg').getAttribute('width'))]))"
    )
    before = browser.evaluate(widths)
    browser.evaluate(f"addEventListener('beforeprint', () => {{ window.sheet = {widths}; }})")
    browser.pdf(SCREENSHOTS / f"{name}.pdf")
    sheet = browser.evaluate("window.sheet")
    # Letters keep nine tenths of their size at least.
    assert max(sheet.values()) < 700
    assert max(before.values()) > 850
    # Back on the screen they have their places again.
    browser.wait(f"Object.entries({widths}).every(([k, w]) => w === {json.dumps(before)}[k])")
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
    ("name", "dark", "width"),
    [
        ("plain", False, 1280),
        pytest.param("plain", True, 390, marks=pytest.mark.slow),
        pytest.param("most", False, 390, marks=pytest.mark.slow),
        ("attributes", True, 1280),
    ],
)
def test_axe_finds_nothing_serious(
    browser: Browser, made: Get, name: str, dark: bool, width: int
) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not here: make axe")
    browser.open(made(name).path, dark=dark, width=width)
    browser.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; }), 1")
    # Sent through the debugger, which the page's policy does not bind.
    browser.evaluate(AXE.read_text("utf-8") + "; 1")
    # The charts of one page stand for those of all: theirs are thousands of elements.
    what = "document" if name == "plain" else "{exclude: [['.plot svg']]}"
    violations = browser.evaluate(
        f"axe.run({what}, {{resultTypes: ['violations']}})"
        ".then(r => r.violations.map(v => [v.impact, v.id, "
        "v.nodes.slice(0, 3).map(n => n.html.slice(0, 200) + n.failureSummary)]))"
    )
    serious = [violation for violation in violations if violation[0] in {"serious", "critical"}]
    assert not serious, json.dumps(serious, indent=1)
    told = browser.evaluate("axe.run('h1', {resultTypes: ['passes']}).then(r => r.passes.length)")
    assert told > 0


def test_a_click_on_any_mark_of_a_segment_highlights_it_everywhere(
    browser: Browser, made: Get
) -> None:
    browser.open(made("plain").path)
    # Vega keeps the row of a mark beside its element.
    charts = browser.evaluate(
        "[...document.querySelectorAll('.plot')].filter(plot => {"
        "const mark = [...plot.querySelectorAll('.mark-symbol path, .mark-rect path')].find("
        "e => e.__data__ && e.__data__.datum && typeof e.__data__.datum.segment_id === 'number');"
        "if (mark) mark.setAttribute('data-probe', plot.dataset.chart);"
        "return mark}).map(plot => plot.dataset.chart)"
    )
    assert {
        "customers_and_revenue", "size_balance", "what_differs", "feature_distributions",
        "map_components", "map_rfm", "map_space", "quality_by_segment", "separation", "margins",
        "rfm_grid", "sizes_over_time", "migrations",
    } <= set(charts)  # fmt: skip
    for chart in charts:
        browser.mouse(f"[data-probe={chart}]", click=True)
        browser.wait("document.querySelectorAll('.card.picked').length === 1", 5)
        assert browser.evaluate("document.querySelectorAll('.glance tr.picked').length") == 1
        browser.key("Escape", 27)
        assert browser.evaluate("document.querySelectorAll('.card.picked').length") == 0
    assert browser.complaints() == []


def test_it_reads_without_scripts(browser: Browser, made: Get) -> None:
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.call("Page.navigate", url=made("plain").path.as_uri())
        browser.wait(
            "document.readyState === 'complete' && document.querySelector('footer') !== null"
        )
        seen = browser.evaluate("document.body.innerText")
        assert "The charts need JavaScript" in seen
        assert "Champions" in seen
        hidden = (
            "[...document.querySelectorAll('.chart details')].filter(d => !d.querySelector('td'))"
        )
        assert browser.evaluate(f"{hidden}.length") == 0
        # Opening is the browser's own doing.
        table = "document.querySelector('#chart-size_balance table')"
        assert browser.evaluate(f"{table}.closest('details').open") is False
        browser.evaluate(f"{table}.closest('details').open = true")
        assert browser.evaluate(f"{table}.offsetHeight > 0")
    finally:
        browser.call("Emulation.setScriptExecutionDisabled", value=False)
