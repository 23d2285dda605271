"""What if: a customer who need not exist, and the segment the model would give."""

from __future__ import annotations

from flask import Blueprint, request

from segdb.errors import UserError
from segdb.web.assign import read_rows
from segdb.web.context import run
from segdb.web.feature import Feature
from segdb.web.page import page

pages = Blueprint("what_if", __name__)


@pages.get("/what-if")
def what_if() -> str:
    """Show an input for each feature of the matrix, and the segment."""
    view = run()
    by_name = {feature.name: feature for feature in view.features}
    inputs = [by_name[p.feature] for p in view.model.matrix if p.feature in by_name]
    values = {feature.name: _value(feature, request.args.get(feature.name)) for feature in inputs}
    row = {name: value for name, value in values.items() if value is not None}
    assigned = view.snapshot.assign(read_rows(row, view.model, 1))[0]
    return page(
        "what_if.html",
        "What if",
        inputs=inputs,
        values=values,
        assigned=assigned,
        segment=view.segment(assigned["segment_id"]),
        segments=view.segments,
    )


def _value(feature: Feature, text: str | None) -> float | None:
    """Return what the address says; where it says nothing, the median of all customers."""
    if text is None:
        return feature.median
    if not text.strip():
        return None
    try:
        return float(text)
    except ValueError:
        raise UserError(f"{feature.label} takes a number, and not '{text[:40]}'.") from None
