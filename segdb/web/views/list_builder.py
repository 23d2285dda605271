"""List builder: customers by segment, features and value; the filter is in the address."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, Response, request, url_for

from segdb.web.context import config, run
from segdb.web.downloads import csv_response, parquet_response
from segdb.web.filters import LEAST, MARGIN_COLUMN, MOST
from segdb.web.lists import filter_of, rows_of, totals, value_fields
from segdb.web.page import page

pages = Blueprint("list_builder", __name__)
_SAMPLE = 20


@pages.get("/lists")
def builder() -> str:
    """Show a filter, how many customers it finds, and some of them."""
    view = run()
    given = [(name, text) for name, text in request.args.items(multi=True) if text.strip()]
    chosen = filter_of(view, given)
    values = {**value_fields(view), **MARGIN_COLUMN}
    sample = view.snapshot.select(chosen.rows_sql, None, _SAMPLE)
    by_segment = {
        row["segment_id"]: row["customers"]
        for row in view.snapshot.select(chosen.by_segment_sql).to_pylist()
    }
    return page(
        "lists.html",
        "List builder",
        segments=view.segments,
        features=view.features,
        values=values,
        chosen=chosen,
        given=dict(given),
        least=LEAST,
        most=MOST,
        totals=totals(view, chosen),
        by_segment=by_segment,
        sample=sample.to_pylist(),
        columns=sample.column_names,
        by_name={feature.name: feature for feature in view.features},
        csv=f"{url_for('list_builder.as_csv')}?{urlencode(given)}",
        parquet=f"{url_for('list_builder.as_parquet')}?{urlencode(given)}",
        history=view.published.has(["entered_segment"]) and len(view.result.runs()) > 1,
    )


@pages.get("/lists/customers.csv")
def as_csv() -> Response:
    """Return the customers of a list as CSV."""
    view = run()
    chosen = filter_of(view, request.args.items(multi=True))
    return csv_response(rows_of(view, chosen, config().list_rows), "customers")


@pages.get("/lists/customers.parquet")
def as_parquet() -> Response:
    """Return the customers of a list as Parquet."""
    view = run()
    chosen = filter_of(view, request.args.items(multi=True))
    return parquet_response(rows_of(view, chosen, config().list_rows), "customers")
