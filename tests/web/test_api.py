"""The API: its answers are the tables', its document is its routes, its errors are problems."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
import pyarrow.parquet as pq
import pytest
from flask import Flask
from flask.testing import FlaskClient

import segdb
from segdb.web.config import WebConfig
from segdb.web.openapi import document
from tests.web.conftest import HOSTILE


@pytest.fixture(scope="module")
def tables(shop: Path) -> Iterator[segdb.Result]:
    with segdb.open(shop) as result:
        yield result


def rows(tables: segdb.Result, sql: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tables.query(sql).to_pylist()
    return found


def test_assign_is_the_macro(client: FlaskClient, tables: segdb.Result) -> None:
    given: list[dict[str, float | None]] = [
        {"recency_days": 3, "frequency": 12, "monetary": 900.5},
        {"frequency": 1, "monetary": None},
        {},
        {"monetary": -1e300, "recency_days": 1e-300, "plan_basic": 1},
    ]
    names = {p.feature for p in tables.model.matrix}
    given = [{k: v for k, v in row.items() if k in names} for row in given]
    answer = client.post("/api/v1/assign", json=given).json
    assert answer is not None
    assert "rows" in answer, answer
    for row, assigned in zip(given, answer["rows"], strict=True):
        arguments = ", ".join(f"{k} := {'NULL' if v is None else v}" for k, v in row.items())
        (macro,) = rows(tables, f"FROM segdb.assign({arguments})")
        assert assigned == pytest.approx(macro)
    one = client.post("/api/v1/assign", json=given[0]).json
    assert one == {"run_id": 2, **answer["rows"][0]}


def test_assign_puts_customers_where_they_are(client: FlaskClient, tables: segdb.Result) -> None:
    names = [p.feature for p in tables.model.matrix]
    columns = ", ".join(f'"{name}"' for name in names)
    published = rows(tables, f"SELECT segment_id, {columns} FROM customer_segments")
    given = [{name: row[name] for name in names} for row in published]
    answer = client.post("/api/v1/assign", json=given).json
    assert answer is not None
    assert [a["segment_id"] for a in answer["rows"]] == [row["segment_id"] for row in published]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("[]", "no row"),
        ("3", "Row 0 is no object"),
        ('{"frequncy": 1}', "Did you mean 'frequency'?"),
        ('{"frequency": "1"}', "takes a number"),
        ('{"frequency": true}', "takes a number"),
        ('{"frequency": NaN}', "no finite number"),
        ('{"frequency": 1e999}', "no finite number"),
        (f'{{"frequency": {"9" * 400}}}', "no finite number"),
        ('{"frequency": 1', "no JSON"),
        ("[" * 100_000, "no JSON"),
        ('{"frequency) ; DROP": 1}', "there is no feature"),
    ],
)
def test_what_assign_refuses(client: FlaskClient, body: str, words: str) -> None:
    answer = client.post("/api/v1/assign", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    problem = answer.json
    assert problem is not None
    assert set(problem) == {"type", "title", "status", "detail"}
    assert words in problem["detail"]


def test_limits_of_a_request(client: FlaskClient) -> None:
    most = WebConfig("x")
    many: list[dict[str, float]] = [{}] * (most.assign_rows + 1)
    assert client.post("/api/v1/assign", json=many).status_code == 400
    long = "x" * (most.body_bytes + 1)
    answer = client.post("/api/v1/assign", data=long, content_type="application/json")
    assert answer.status_code == 413
    assert client.post("/api/v1/assign", data="{}").status_code == 415
    assert client.get("/api/v1/assign").status_code == 405


def test_a_customer_is_as_in_the_tables(client: FlaskClient, tables: segdb.Result) -> None:
    for name in (*HOSTILE, "C00123"):
        answer = client.get(f"/api/v1/customers/{quote(name, safe='')}").json
        assert answer is not None
        literal = name.replace("'", "''")
        (row,) = rows(tables, f"SELECT * FROM customer_segments WHERE customer_id = '{literal}'")
        assert answer["customer_id"] == name
        assert answer["segment_id"] == row["segment_id"]
        assert answer["features"]["monetary"] == row["monetary"]
        near, far = (part["distance"] ** 2 for part in answer["distances"][:2])
        speaks = sum(part["speaks"] for part in answer["decisions"])
        assert speaks == pytest.approx(far - near, abs=1e-9)


def test_a_change_leads_where_it_says(client: FlaskClient, tables: segdb.Result) -> None:
    ids = rows(tables, "SELECT customer_id FROM segments ORDER BY customer_id DESC LIMIT 60")
    names = [p.feature for p in tables.model.matrix]
    count = 0
    for row in ids:
        one = client.get(f"/api/v1/customers/{quote(row['customer_id'], safe='')}").json
        assert one is not None
        for change in one["changes"]:
            count += 1
            features = {name: one["features"][name] for name in names}
            changed = {**features, change["feature"]: change["value"]}
            answer = client.post("/api/v1/assign", json=changed).json
            assert answer is not None
            assert answer["segment_id"] == change["segment_id"] != one["segment_id"]
            assert not change["feature"].startswith("plan")
    assert count > 20


_EXPECTED = "customer_id IN (SELECT customer_id FROM customer_value WHERE expected_value >= 10)"
LISTS = (
    ("", "true"),
    ("segment=1&segment=3", "segment_id IN (1, 3)"),
    ("min.frequency=2&max.frequency=4", "frequency BETWEEN 2 AND 4"),
    ("min.monetary=100.25&max.margin=0.5", "monetary >= 100.25 AND margin <= 0.5"),
    ("min.monetary=1e2", "monetary >= 100"),
    ("max.monetary=1e-7", "monetary <= 1e-7"),
    ("min.plan_basic=1", "plan_basic >= 1"),
    ("min.expected_value=10", _EXPECTED),
)  # fmt: skip


@pytest.mark.parametrize(("query", "condition"), LISTS)
def test_a_list_is_its_sql(
    client: FlaskClient, tables: segdb.Result, query: str, condition: str
) -> None:
    expected = {
        row["customer_id"]
        for row in rows(tables, f"SELECT customer_id FROM customer_segments WHERE {condition}")
    }
    text = client.get(f"/api/v1/lists.csv?{query}").text
    ids = [row["customer_id"] for row in csv.DictReader(io.StringIO(text))]
    assert {name.removeprefix("'") for name in ids} == expected
    assert len(ids) == len(expected)
    assert "=cmd" not in [name[:4] for name in ids]
    parquet = pq.read_table(io.BytesIO(client.get(f"/lists/customers.parquet?{query}").data))
    assert set(parquet["customer_id"].to_pylist()) == expected
    page = client.get(f"/lists?{query}").text
    assert f'<data value="{len(expected)}">' in page


def test_a_preview_is_the_list(client: FlaskClient, shop: Path) -> None:
    given = {"segment": [1, 2], "min.frequency": 2, "entered": False, "max.margin": None}
    answer = client.post("/api/v1/lists/preview", json=given).json
    assert answer is not None
    with duckdb.connect(str(shop), read_only=True) as connection:
        listed = connection.sql(answer["sql"]).fetchall()
        revenue = connection.sql(f"SELECT sum(monetary) FROM ({answer['sql']})").fetchall()
    assert len(listed) == answer["customers"]
    assert revenue[0][0] == pytest.approx(answer["revenue"])
    assert [row["customer_id"] for row in answer["sample"]] == [row[0] for row in listed[:10]]


ATTACKS = (
    "segment=1)%20OR%20(1%3D1", "segment=-1", "segment=1;DROP TABLE segments", "min.frequency=abc",
    "min.frequency=nan", "min.frequency=inf", "min.frequency=1%20OR%201%3D1",
    'min.frequency"%20OR%20"1=1', "min.customer_id=1", "unknown=1", "min.=1",
    "segment=%F0%9D%9F%8F",
)  # fmt: skip


@pytest.mark.parametrize("query", ATTACKS)
def test_a_filter_is_no_way_into_the_sql(client: FlaskClient, query: str) -> None:
    for path in ("/lists", "/api/v1/lists.csv", "/lists/customers.parquet"):
        assert client.get(f"{path}?{query}").status_code == 400


def test_segments_and_runs(client: FlaskClient, tables: segdb.Result) -> None:
    answer = client.get("/api/v1/segments").json
    assert answer is not None
    assert answer["run_id"] == 2
    profiles = {row["segment_id"]: row for row in tables.segments}
    assert {row["segment_id"] for row in answer["segments"]} == set(profiles)
    one = client.get("/api/v1/segments/1").json
    assert one is not None
    assert one["customers"] == profiles[1]["customers"]
    assert one["features"]
    runs = client.get("/api/v1/runs").json
    assert runs is not None
    assert [run["run_id"] for run in runs["runs"]] == [1, 2]
    assert client.get("/api/v1/segments/99").status_code == 404
    assert client.get("/api/v1/customers/nobody").status_code == 404


def test_the_document_is_the_routes(app: Flask, client: FlaskClient) -> None:
    served = client.get("/api/v1/openapi.json").json
    assert served == document()
    assert served["openapi"].startswith("3.1")
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule.removeprefix("/api/v1")), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    described = {(path, method) for path, one in served["paths"].items() for method in one}
    assert described == routes


def test_answers_have_what_the_document_says(client: FlaskClient) -> None:
    schemas = document()["components"]["schemas"]
    answers = {
        "Segments": client.get("/api/v1/segments"),
        "Segment": client.get("/api/v1/segments/1"),
        "Customer": client.get("/api/v1/customers/C00123"),
        "Runs": client.get("/api/v1/runs"),
        "Health": client.get("/api/v1/healthz"),
        "Preview": client.post("/api/v1/lists/preview", json={}),
        "Problem": client.get("/api/v1/segments/99"),
    }
    for name, answer in answers.items():
        assert answer.json is not None
        assert set(schemas[name]["required"]) <= set(answer.json), name
