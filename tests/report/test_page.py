"""The page as a text: every number is the table's, nothing is a customer, all is one file."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pyarrow as pa
import pytest

from segdb.charts import CHARTS
from segdb.config.settings import parse
from segdb.errors import UserError
from segdb.report import figures as report_figures
from segdb.report.page import render
from tests.report.conftest import CURRENCY, SHOPS, TITLE, Get
from tests.report.shop import Shop, make

EVERY = pytest.mark.parametrize("name", list(SHOPS))
VOID = {"meta", "rect", "br", "img", "input", "link"}


class Reader(HTMLParser):
    """Reads the page into a tree of (tag, attributes, children)."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.root: tuple[str, dict[str, str], list[Any]] = ("", {}, [])
        self._open = [self.root]
        self.feed(text)
        assert len(self._open) == 1, f"left open: {[tag for tag, _, _ in self._open]}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node: tuple[str, dict[str, str], list[Any]] = (tag, {k: v or "" for k, v in attrs}, [])
        self._open[-1][2].append(node)
        if tag not in VOID:
            self._open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1][2].append((tag, {k: v or "" for k, v in attrs}, []))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        self._open[-1][2].append(data)


def find(node: Any, tag: str, **wanted: str) -> list[Any]:
    """Every element below with that tag, and attributes where they are given."""
    if isinstance(node, str):
        return []
    found = [part for child in node[2] for part in find(child, tag, **wanted)]
    fits = node[0] == tag and all(node[1].get(k.rstrip("_")) == v for k, v in wanted.items())
    return [node, *found] if fits else found


def elements(node: Any) -> Iterator[Any]:
    yield node
    for child in node[2]:
        if not isinstance(child, str):
            yield from elements(child)


def text(node: Any) -> str:
    return node if isinstance(node, str) else "".join(text(child) for child in node[2])


SCALES = {"%": 0.01, "M": 1e6, "bn": 1e9}


def seen(words: str) -> tuple[float, float]:
    """The number that a reader sees, and half of its last digit."""
    bare = words.replace("£", "").replace(CURRENCY, "").replace(",", "").strip()
    ending = next((ending for ending in SCALES if bare.endswith(ending)), "")
    scale = SCALES.get(ending, 1.0)
    bare = bare.removesuffix(ending)
    places = len(bare.partition(".")[2])
    return float(bare) * scale, 0.5 * 10**-places * scale


def charts_of(page: str) -> str:
    found = re.search(r'<script type="application/json" id="charts">(.*?)</script>', page)
    assert found
    return found[1]


def rows_of(packed: Any) -> list[dict[str, Any]]:
    """The rows of a dataset, as the page unpacks them."""
    columns = [c if isinstance(c, list) else [c["words"][i] for i in c["at"]]
               for c in packed["columns"]]  # fmt: skip
    return [dict(zip(packed["names"], row, strict=True)) for row in zip(*columns, strict=True)]


@EVERY
def test_it_is_one_well_formed_file_within_its_size(made: Get, name: str) -> None:
    page = made(name).html
    Reader(page)
    assert len(page.encode()) <= 1_500_000
    assert len(re.findall("<script", page)) == 3
    assert html.unescape(page).count("'sha256-") == 3
    for _, attributes, _ in elements(Reader(page).root):
        assert not {"src", "style", "onclick", "action", "srcset"} & set(attributes)
        assert attributes.get("href", "#").startswith("#")
    style = page[page.index("<style>") : page.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style


def test_four_times_the_customers_make_no_larger_page(tmp_path: Any) -> None:
    sizes = []
    for customers in (8_000, 32_000):
        store = make(tmp_path / f"{customers}.duckdb", Shop(customers=customers, features=3))
        sizes.append(len(render(store.fetch, parse({})).encode()))
        store.close()
    assert abs(sizes[1] - sizes[0]) < 0.02 * sizes[0]


@EVERY
def test_no_customer_is_on_it(made: Get, name: str) -> None:
    assert not re.search(r"customer \d", made(name).html)


def test_typical_customers_are_on_it_if_the_settings_ask_for_them(made: Get) -> None:
    one = made("least")
    report = one.settings.report.model_copy(update={"examples": True})
    page = render(one.store.fetch, one.settings.model_copy(update={"report": report}))
    ids = one.store.rows("SELECT customer_id FROM segdb.typical_customers")
    assert all(row["customer_id"] in page for row in ids)
    assert "it holds no customer" in one.html
    assert "it holds no customer" not in page


@EVERY
def test_cards_say_what_the_table_says(made: Get, name: str) -> None:
    tree = Reader(made(name).html).root
    cards = {card[1]["data-segment"]: card for card in find(tree, "article")}
    rows = made(name).store.rows("FROM segdb.segment_profiles")
    assert len(cards) == len(rows)
    for row in rows:
        card = cards[str(row["segment_id"])]
        assert text(find(card, "h3")[0]).strip() == row["segment"].strip()
        numbers = [row["customers"], row["revenue"]]
        for data, value in zip(find(card, "data"), numbers, strict=False):
            shown, half = seen(text(data))
            assert float(data[1]["value"]) == value
            assert abs(shown - value) <= half
        shares = [row["customer_share"], row["revenue_share"]]
        for small, value in zip(find(card, "small"), shares, strict=False):
            shown, half = seen(text(small))
            assert abs(shown - value) <= half
        whole = text(card)
        for column in ("summary", "action", "action_reason", "rule", "tier"):
            assert row[column] is None or row[column] in whole
        assert row["churn_risk"] is None or f"{row['churn_risk']} churn risk" in whole
        for column, words in (
            ("overdue", "Overdue"),
            ("rule_precision", "of those it finds are of this segment"),
        ):
            assert (row[column] is not None) == (words in whole)
        for column in ("rule_precision", "rule_recall"):
            assert row[column] is None or f"{row[column]:.0%}" in whole


@EVERY
def test_the_table_at_a_glance_says_what_the_table_says(made: Get, name: str) -> None:
    table = find(Reader(made(name).html).root, "table", class_="glance")[0]
    rows = made(name).store.rows("FROM segdb.segment_profiles")
    lines = {line[1]["data-segment"]: line for line in find(table, "tr")[1:]}
    assert len(lines) == len(rows)
    widest = max(max(r["customer_share"], r["revenue_share"] or 0) for r in rows)
    for row in rows:
        line = lines[str(row["segment_id"])]
        assert text(find(line, "th")[0]).strip() == row["segment"].strip()
        shares = [s for s in (row["customer_share"], row["revenue_share"]) if s is not None]
        parts = find(line, "td", class_="part")
        assert len(parts) == len(shares)
        for part, share in zip(parts, shares, strict=True):
            shown, half = seen(text(part))
            assert abs(shown - share) <= half
            bar = float(find(part, "rect")[0][1]["width"].removesuffix("%"))
            assert bar == pytest.approx(100 * share / widest, abs=0.01)
        for column in ("churn_risk", "action"):
            if row[column] is not None and (column == "action" or row["revenue"] is not None):
                assert row[column] in text(line)


@EVERY
def test_what_was_learned_is_what_the_table_says(made: Get, name: str) -> None:
    section = find(Reader(made(name).html).root, "section", id="use")[0]
    lines = find(find(section, "table")[1], "tr")[1:]
    rows = made(name).store.rows(
        "FROM segdb.feature_parameters ORDER BY position NULLS LAST, feature"
    )
    assert len(lines) == len(rows)
    for row, line in zip(rows, lines, strict=True):
        assert text(find(line, "th")[0]) == row["feature"]
        cells = [text(cell) for cell in find(line, "td")]
        assert cells.pop(3) == row["transform"]
        for column, cell in zip(
            ("fill", "lower", "upper", "center", "spread"), cells, strict=False
        ):
            _agree(row[column], "number", cell)


def test_the_sql_of_each_segment_finds_its_customers(made: Get) -> None:
    section = find(Reader(made("most").html).root, "section", id="use")[0]
    lines = find(find(section, "table")[0], "tr")[1:]
    rows = {r["segment"]: r for r in made("most").store.rows("FROM segdb.segment_profiles")}
    assert len(lines) == len(rows)
    for line in lines:
        row = rows[text(find(line, "bdi")[0])]
        found = made("most").store.rows(text(find(line, "code")[0]))
        assert len(found) == row["customers"]
        assert {one["segment_id"] for one in found} == {row["segment_id"]}


@EVERY
def test_the_rows_are_counted_as_in_the_run(made: Get, name: str) -> None:
    run = made(name).store.rows("FROM segdb.runs ORDER BY run_id DESC LIMIT 1")[0]
    section = find(Reader(made(name).html).root, "section", id="data")[0]
    lead = text(find(section, "p", class_="lead")[0])
    numbers = [int(n.replace(",", "")) for n in re.findall(r"[\d,]*\d", lead)]
    assert numbers == [run["rows_read"], run["rows_kept"], run["rows_rejected"]]


@EVERY
def test_the_typical_customer_is_the_median_of_the_table(made: Get, name: str) -> None:
    store = made(name).store
    medians = {
        (row["segment_id"], row["feature"]): row["median"]
        for row in store.rows("FROM segdb.segment_features")
    }
    checked = 0
    for card in find(Reader(made(name).html).root, "article"):
        for measures in find(card, "dl", class_="measures"):
            told = {
                text(find(one, "dt")[0]): text(find(one, "dd")[0]) for one in find(measures, "div")
            }
            for label, feature in (
                ("Last order", "recency_days"), ("Frequency", "frequency"),
                ("Monetary", "monetary"), ("Income", "Income"), ("Age", "Age"),
            ):  # fmt: skip
                if label in told:
                    bare = told[label].removeprefix("£").removeprefix(CURRENCY).split(" ")[0]
                    median = medians[int(card[1]["data-segment"]), feature]
                    shown, half = seen(bare)
                    assert shown == pytest.approx(median, rel=6e-4, abs=half)
                    checked += 1
    assert checked > 0 or made(name).shop.bare


def test_cards_are_in_order_of_value(made: Get) -> None:
    cards = find(Reader(made("plain").html).root, "article")
    rows = made("plain").store.rows(
        "SELECT segment_id FROM segdb.segment_profiles ORDER BY revenue / customers DESC"
    )
    assert [int(card[1]["data-segment"]) for card in cards] == [r["segment_id"] for r in rows]


@EVERY
def test_the_table_under_each_chart_is_what_its_sql_gives(made: Get, name: str) -> None:
    tree = Reader(made(name).html).root
    figures = find(tree, "figure")
    assert len(figures) >= 10
    for figure in figures:
        chart = CHARTS[figure[1]["id"].removeprefix("chart-")]
        able = [q for q in chart.queries if set(q.needs) <= set(made(name).shop.units)]
        shown = [query for query in able if made(name).store.rows(query.sql)]
        codes = [text(code) for code in find(figure, "code")]
        for query, code, table in zip(shown, codes, find(figure, "table"), strict=True):
            rows = made(name).store.rows(code)
            cells = [find(line, "td") for line in find(table, "tr")[1:]]
            assert len(cells) == min(len(rows), query.shown)
            for row, line in zip(rows, cells, strict=False):
                for field, cell in zip(query.fields, line, strict=True):
                    _agree(row[field.name], field.form, text(cell))


def _agree(value: Any, form: str, words: str) -> None:
    if value is None:
        assert words == "–"
    elif form in {"count", "customers", "money", "share", "decimal"}:
        shown, half = seen(words)
        assert abs(shown - float(value)) <= half * 1.0001
    elif form == "number":
        shown, half = seen(words)
        assert shown == pytest.approx(float(value), rel=6e-4)
    elif form == "text":
        assert words == str(value)


@EVERY
def test_the_charts_hold_the_same_rows_as_the_tables(made: Get, name: str) -> None:
    for chart_name, spec in json.loads(charts_of(made(name).html))["specs"].items():
        query = CHARTS[chart_name].queries[0]
        packed = spec["datasets"].get(query.name)
        if packed:
            rows = made(name).store.rows(query.sql)
            assert packed["length"] == len(rows)
            at = packed["names"].index(query.fields[-1].name)
            column = packed["columns"][at]
            if isinstance(column, list) and not isinstance(column[0], bool):
                wanted = [row[query.fields[-1].name] for row in rows]
                for value, expected in zip(column, wanted, strict=True):
                    assert value == (expected and pytest.approx(float(expected), rel=1e-5))


@EVERY
def test_the_headline_says_what_the_run_says(made: Get, name: str) -> None:
    one = made(name)
    run = one.store.rows("FROM segdb.runs ORDER BY run_id DESC LIMIT 1")[0]
    head = find(Reader(one.html).root, "header", class_="headline")[0]
    figures = find(head, "dl", class_="figures-of-run")[0]
    shown = [(float(d[1]["value"]), seen(text(d))) for d in find(figures, "data")]
    revenue = one.store.rows("SELECT sum(revenue) AS r FROM segdb.segment_profiles")[0]["r"]
    wanted = [run["customers"], run["k"], *([] if revenue is None else [revenue])]
    assert [value for value, _ in shown] == pytest.approx(wanted)
    for value, (words, half) in shown:
        assert abs(words - value) <= half
    column = "customers" if revenue is None else "revenue"
    first = one.store.rows(f"FROM segdb.segment_profiles ORDER BY {column} DESC LIMIT 1")[0]
    told = " ".join(text(find(head, "p", class_="insight")[0]).split())
    assert " ".join(first["segment"].split()) in told
    assert f"{first['customer_share']:.0%} of the customers" in told
    assert revenue is None or f"{first['revenue_share']:.0%} of the revenue" in told
    title = TITLE if one.shop.hostile else "A shop of <ours>"
    assert text(find(head, "h1")[0]) == title


def test_the_headline_says_what_changed_since_the_last_run(made: Get) -> None:
    head = find(Reader(made("plain").html).root, "header", class_="headline")[0]
    words = text(find(head, "div", class_="note changes")[0])
    assert "Since run 1, as of 31 Mar 2024" in words
    assert "10 customers more (+0.7%)" in words
    assert "are in another segment than before" in words
    assert "grew most" in words
    least = find(Reader(made("least").html).root, "header", class_="headline")[0]
    assert not find(least, "div", class_="note changes")


@pytest.fixture
def _without_charts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of words and tables is rendered in a tenth of the time."""
    monkeypatch.setattr(report_figures, "CHARTS", {})


@pytest.mark.usefixtures("_without_charts")
def test_a_number_of_segments_that_is_not_clear_is_called_a_choice(tmp_path: Any) -> None:
    store = make(tmp_path / "unclear.duckdb", Shop(customers=300))

    def choice() -> str:
        page = Reader(render(store.fetch, parse({}))).root
        return " ".join(text(find(page, "section", id="choice")[0]).split())

    assert "a choice more than a finding" not in choice()
    store.execute("UPDATE segdb.runs SET clear = false, verdict = 'Elbow at 5; none is better.'")
    assert "5 segments, a choice more than a finding. 9 numbers" in choice()
    assert "Elbow at 5None is better" in choice()
    store.execute("DELETE FROM segdb.k_selection WHERE NOT selected")
    # As where there are three customers: nobody asked for that number.
    assert "5 segments; no other number was tried." in choice()
    store.execute("""UPDATE segdb.runs SET settings = '{"cluster": {"k": 5}}'""")
    assert "5 segments, as the settings say; no other number was tried." in choice()
    assert "Elbow" not in choice()
    store.close()


def test_sections_stand_in_order_and_history_only_from_the_second_run(made: Get) -> None:
    def sections(name: str) -> list[str]:
        return [s[1]["id"] for s in find(Reader(made(name).html).root, "section")]

    assert sections("plain") == [
        "headline", "segments", "distribution", "next", "differences", "maps", "choice",
        "quality", "data", "history", "use",
    ]  # fmt: skip
    assert "history" not in sections("least")
    for name in SHOPS:
        links = [a[1]["href"] for a in find(Reader(made(name).html).root, "a")]
        assert [f"#{section}" for section in sections(name)] == links[1:]


def test_a_segment_of_fewer_than_five_keeps_its_figures_to_itself(tmp_path: Any) -> None:
    store = make(tmp_path / "few.duckdb", Shop())
    store.execute(
        "UPDATE segdb.segment_profiles SET customers = 3, revenue = 98765.43, segment = 'Few' "
        "WHERE segment_id = 2"
    )
    page = render(store.fetch, parse({}))
    card = next(c for c in find(Reader(page).root, "article") if c[1]["data-segment"] == "2")
    assert "fewer than 5" in text(card)
    assert "churn risk" not in text(card)
    assert not find(card, "small")
    assert "98,765" not in page
    assert "98765" not in page
    glance = find(Reader(page).root, "table", class_="glance")[0]
    line = next(tr for tr in find(glance, "tr") if tr[1].get("data-segment") == "2")
    assert "fewer than 5" in text(line)
    assert "%" not in text(line)
    store.close()


def test_what_fewer_than_five_of_a_segment_have_is_not_shown(made: Get) -> None:
    store = made("plain").store
    few = store.rows("FROM segdb.segment_features WHERE customers < 5")
    assert [(row["segment_id"], row["customers"]) for row in few] == [(5, 3)]
    page = json.loads(charts_of(made("plain").html))
    for chart, dataset in (("what_differs", "cells"), ("feature_distributions", "bands")):
        rows = rows_of(page["specs"][chart]["datasets"][dataset])
        found = {(row["segment_id"], row["feature"]) for row in rows}
        assert (5, "Days between orders (days)") not in found
        assert (4, "Days between orders (days)") in found


def test_another_schema(tmp_path: Any) -> None:
    schema = 'my "own" schema'
    store = make(tmp_path / "other.duckdb", Shop(schema=schema, customers=300))
    page = render(store.fetch, parse({"publish": {"schema": schema}}))
    code = [html.unescape(c) for c in re.findall(r"<code>(SELECT.*?)</code>", page, re.DOTALL)]
    assert code
    for sql in code:
        assert "segdb." not in sql
        store.rows(sql)
    store.close()


def test_nothing_published_is_said() -> None:
    nothing = pa.table({"table_name": pa.array([], pa.string())})
    with pytest.raises(UserError, match="no run to report on"):
        render(lambda _: nothing, parse({}))


@pytest.mark.usefixtures("_without_charts")
def test_a_run_without_a_date_has_none(tmp_path: Any) -> None:
    store = make(tmp_path / "timeless.duckdb", Shop(revenue=False, customers=300))
    store.execute("UPDATE segdb.runs SET as_of = NULL")
    page = render(store.fetch, parse({}))
    assert "As of" not in text(find(Reader(page).root, "header", class_="headline")[0])
    assert "Run 1, published" in page
    store.close()
