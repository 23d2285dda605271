"""The web page of segments in PostgreSQL: it reads a copy, made anew after each run."""

from __future__ import annotations

import segdb
from segdb.api import web

PAGES = ("/", "/segments", "/segments/1", "/lists?segment=1", "/what-if", "/runs", "/ask")


def test_the_page_reads_a_server(published_shop: str) -> None:
    client = web.app(published_shop).test_client()
    assert {client.get(path).status_code for path in PAGES} == {200}
    with segdb.open(published_shop) as result:
        names = [p.feature for p in result.model.matrix]
        (row,) = result.query("SELECT * FROM customer_segments LIMIT 1").to_pylist()
    given = {name: None if row[name] is None else float(row[name]) for name in names}
    assigned = client.post("/api/v1/assign", json=given).json
    assert assigned is not None
    assert assigned["segment_id"] == row["segment_id"]
    one = client.get(f"/api/v1/customers/{row['customer_id']}").json
    assert one is not None
    assert one["segment_id"] == row["segment_id"]
    page = client.get(f"/customers/one?id={row['customer_id']}")
    assert page.status_code == 200
