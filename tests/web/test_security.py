"""Who is answered: hosts, tokens, forms of other sites; and what a browser may do."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from segdb.api import web
from segdb.errors import UserError
from segdb.web.config import WebConfig
from tests.web.conftest import csrf

TOKEN = "a-token-that-is-long-enough"


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil", "", "[", "a@evil.example"]
)
def test_another_host_is_refused(client: FlaskClient, host: str) -> None:
    for path in ("/", "/api/v1/segments", "/assets/style.css"):
        assert client.get(path, headers={"Host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8765", "127.0.0.1:1", "[::1]:8765"])
def test_this_machine_is_answered(client: FlaskClient, host: str) -> None:
    assert client.get("/api/v1/healthz", headers={"Host": host}).status_code == 200


def test_another_address_needs_a_token() -> None:
    with pytest.raises(UserError, match="can be reached from other machines"):
        WebConfig("shop.duckdb", host="0.0.0.0")
    with pytest.raises(UserError, match="16 characters"):
        WebConfig("shop.duckdb", host="0.0.0.0", token="short")
    config = WebConfig("shop.duckdb", host="192.168.1.5", token=TOKEN, hosts=("Shop.example",))
    assert config.allowed_hosts == {"192.168.1.5", "shop.example"}


def test_without_the_token_nothing_is_shown(shop: Path) -> None:
    client = web.app(shop, token=TOKEN).test_client()
    assert client.get("/lists").headers["Location"] == "/login"
    refused = client.get("/api/v1/segments")
    assert refused.status_code == 401
    assert refused.content_type == "application/problem+json"
    for given in ("", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer é"):
        headers = {"Authorization": given}
        assert client.get("/api/v1/segments", headers=headers).status_code == 401
    right = {"Authorization": f"Bearer {TOKEN}"}
    assert client.get("/api/v1/segments", headers=right).status_code == 200


def test_the_token_lets_a_browser_in(shop: Path) -> None:
    client = web.app(shop, token=TOKEN).test_client()
    secret = csrf(client, "/login")
    wrong = client.post("/login", data={"csrf": secret, "token": "wrong"})
    assert wrong.status_code == 401
    assert client.get("/").status_code == 302
    right = client.post("/login", data={"csrf": secret, "token": TOKEN})
    assert right.status_code == 302
    cookie = right.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert TOKEN not in cookie
    assert client.get("/").status_code == 200
    # A cookie of another start of the server counts for nothing.
    other = web.app(shop, token=TOKEN).test_client()
    other.set_cookie("segdb_8765", cookie.partition("=")[2].partition(";")[0])
    assert other.get("/").status_code == 302


def test_a_form_needs_its_token(client: FlaskClient) -> None:
    sql = "SELECT 41 + 1 AS n"
    assert client.post("/ask", data={"sql": sql}).status_code == 403
    assert client.post("/ask", data={"sql": sql, "csrf": "guess"}).status_code == 403
    secret = csrf(client)
    assert "<bdi>42</bdi>" in client.post("/ask", data={"sql": sql, "csrf": secret}).text
    other = client.application.test_client()
    assert other.post("/ask", data={"sql": sql, "csrf": secret}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_site_posts_nothing(client: FlaskClient, headers: dict[str, str]) -> None:
    secret = csrf(client)
    data = {"sql": "SELECT 1", "csrf": secret}
    assert client.post("/ask", data=data, headers=headers).status_code == 403
    assert client.post("/api/v1/assign", json={}, headers=headers).status_code == 403


def test_what_a_browser_may_do(client: FlaskClient) -> None:
    for path in ("/", "/api/v1/segments", "/nothing", "/assets/page.js"):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "Access-Control-Allow-Origin" not in headers
    assert client.get("/lists").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", ["../app.py", "..%2Fapp.py", "page.css", "base.html", "%2e%2e/"])
def test_only_the_pages_own_files_are_given(client: FlaskClient, name: str) -> None:
    assert client.get(f"/assets/{name}").status_code == 404
