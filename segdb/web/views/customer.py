"""Customers: find one, and see why the segment is theirs."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from segdb.web.context import run
from segdb.web.customers import CustomerView, customer, find
from segdb.web.page import page
from segdb.web.run_view import RunView

pages = Blueprint("customer", __name__)


@pages.get("/customers")
def find_customers() -> str | Response:
    """Find customers by the beginning of their id."""
    view = run()
    beginning = request.args.get("find", "").strip()
    rows = find(view, beginning)
    if beginning and len(rows) == 1:
        return redirect(url_for("customer.one", id=rows[0]["customer_id"]))
    return page("customers.html", "Customers", find=beginning, rows=rows)


@pages.get("/customers/one")
def one() -> str:
    """Show a customer."""
    view = run()
    found = customer(view, request.args.get("id", ""))
    names = {s.row["segment_id"]: s.row["segment"] for s in view.segments}
    following = found.distances[1]["segment_id"] if len(found.distances) > 1 else None
    return page(
        "customer.html",
        f"Customer {found.row['customer_id']}",
        found=found,
        names=names,
        following=following,
        features={feature.name: feature for feature in view.features},
        most=max((abs(d.speaks) for d in found.decisions), default=0.0) or 1.0,
        ids=[segment.segment_id for segment in view.model.segments],
        best=view.segments[0].row["segment_id"],
        what_if=_what_if(view, found),
        horizon=view.facts.value,
        by_value=view.facts.by_value,
    )


def _what_if(view: RunView, found: CustomerView) -> dict[str, Any]:
    """Return the customer's features as the address of the what-if page has them."""
    row = found.row
    return {p.feature: row[p.feature] for p in view.model.matrix if row[p.feature] is not None}
