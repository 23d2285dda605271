"""Every page: it answers, holds no script of its own, and shows hostile names as they are."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import urlencode

import duckdb
import pytest
from flask import Flask
from flask.testing import FlaskClient

import segdb
from segdb.api import web
from segdb.errors import LockedError
from tests.web.conftest import HOSTILE, PLAN

PAGES = (
    "/", "/segments", "/segments/1", "/segments/compare?a=1&b=2", "/customers",
    "/customers?find=C000", "/lists", "/lists?segment=1&min.frequency=2&max.recency_days=90.5",
    "/lists?entered=yes", "/what-if", "/what-if?frequency=3&monetary=", "/ask", "/ask/customers",
    "/ask/look_alikes", "/ask/customers?segment=nobody", "/runs", "/runs?before=1&after=2",
    *(f"/customers/one?{urlencode({'id': name})}" for name in HOSTILE),
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_safe_and_whole(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == (400 if "nobody" in path else 200)
    for tag, attributes in markup(answer.text):
        # Nothing of a name became markup, and scripts are this server's, or data.
        assert tag not in {"style", "img", "b", "iframe", "object", "base"}
        assert not [name for name in attributes if name == "style" or name.startswith("on")]
        for name in ("src", "href", "action"):
            assert re.match(r"[/#]|$", attributes.get(name) or ""), attributes
            assert not (attributes.get(name) or "").startswith("//")
        if tag == "script":
            data = attributes.get("type") == "application/json"
            assert data or (attributes.get("src") or "").startswith("/assets/")
    page = answer.text
    assert "49" not in re.findall(r"<bdi>(\d+)</bdi>", page) or "{{ 7 * 7 }}" not in path


def markup(page: str) -> list[tuple[str, dict[str, str | None]]]:
    """Return every tag of a page with its attributes, as a browser takes them."""
    tags: list[tuple[str, dict[str, str | None]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.append((tag, dict(attrs)))

    Reader().feed(page)
    assert len(tags) > 20
    return tags


def test_every_field_has_a_label(client: FlaskClient) -> None:
    for path in ("/customers", "/lists", "/what-if", "/ask", "/ask/customers", "/segments"):
        page = client.get(path).text
        labelled = set(re.findall(r'<label[^>]* for="([^"]+)"', page))
        inside = "".join(re.findall(r"<label\b.*?</label>", page, re.DOTALL))
        for field in re.findall(r"<(?:input|select|textarea)\b[^>]*>", page):
            identity = re.search(r' id="([^"]+)"', field)
            assert (
                'type="hidden"' in field
                or "aria-label=" in field
                or field in inside
                or (identity is not None and identity[1] in labelled)
            ), (path, field)


def test_the_overview_says_what_the_report_says(client: FlaskClient) -> None:
    page = client.get("/").text
    assert 'value="300"' in page
    assert "Run 2" in page


def test_a_customer_is_found_by_the_beginning(client: FlaskClient) -> None:
    several = client.get("/customers?find=c0001").text
    assert "C00010" in several
    assert "C00019" in several
    assert "C00020" not in several
    one = client.get("/customers?find=C00123")
    assert one.status_code == 302
    assert "id=C00123" in one.headers["Location"]
    assert "No id begins with" in client.get("/customers?find=nobody").text


def test_names_are_shown_as_they_are(client: FlaskClient) -> None:
    page = client.get(f"/customers/one?{urlencode({'id': HOSTILE[0]})}").text
    assert "&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;" in page
    builder = client.get("/lists").text
    assert PLAN not in builder
    assert "&lt;/script&gt;&lt;b&gt;pro&lt;/b&gt;" in builder


def test_what_is_not_there_is_said(client: FlaskClient) -> None:
    assert client.get("/nothing").status_code == 404
    missing = client.get("/segments/99")
    assert missing.status_code == 404
    assert "There is no segment 99" in missing.text
    assert client.get("/customers/one?id=nobody").status_code == 404
    assert client.get("/runs?before=1&after=77").status_code == 200
    assert "There is no run 77" in client.get("/runs?before=1&after=77").text
    assert "Traceback" not in client.get("/runs?before=x&after=2").text


def test_no_fault_shows_where_it_happened(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> str:
        raise RuntimeError("secret of the program")

    monkeypatch.setitem(app.view_functions, "overview.overview", broken)
    answer = app.test_client().get("/")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text


def test_a_locked_database_is_asked_again(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked() -> str:
        raise LockedError("The database /home/someone/shop.duckdb is held by process 7.")

    monkeypatch.setitem(app.view_functions, "overview.overview", locked)
    monkeypatch.setitem(app.view_functions, "api_runs.runs", locked)
    for path in ("/", "/api/v1/runs"):
        answer = app.test_client().get(path)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "2"
        assert "someone" not in answer.text


@pytest.fixture(scope="module")
def attributes(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """The page of customers without orders: nothing has a value, and no day is counted back."""
    database = tmp_path_factory.mktemp("attributes") / "people.duckdb"
    people = (
        "SELECT i AS id, 20 + hash(i) % 60 AS age, hash(i, 1) % 100 AS income FROM range(200) t(i)"
    )
    with duckdb.connect(str(database)) as connection:
        connection.execute(f"CREATE TABLE people AS {people}").fetchall()
    settings = {"cluster": {"k": 3, "n_init": 1}}
    segdb.run(customers="people", database=database, settings=settings).close()
    return web.app(database).test_client()


@pytest.mark.parametrize(
    "path",
    ["/", "/segments", "/segments/2", "/segments/compare?a=1&b=3", "/customers", "/lists",
     "/customers/one?id=7", "/lists?min.age=30", "/what-if", "/ask", "/ask/customers", "/runs",
     "/api/v1/segments/1", "/api/v1/customers/7", "/api/v1/lists.csv", "/lists/customers.parquet"],
)  # fmt: skip
def test_customers_without_orders(attributes: FlaskClient, path: str) -> None:
    answer = attributes.get(path)
    assert answer.status_code == 200
    if path.startswith("/customers/one"):
        assert "What would move them<" in answer.text
