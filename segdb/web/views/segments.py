"""Segments: all of them, one with all that is known of it, and two beside each other."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from segdb.errors import UserError
from segdb.web.context import run
from segdb.web.page import page
from segdb.web.run_view import RunView

pages = Blueprint("segments", __name__)
_CHARTS = ("feature_distributions", "outcomes", "sizes_over_time")
_OF_TWO = ("feature_distributions", "outcomes")


@pages.get("/segments")
def segments() -> str:
    """Show every segment as a card."""
    view = run()
    return page("segments.html", "Segments", facts=view.facts, segments=view.segments)


@pages.get("/segments/<int:segment_id>")
def segment(segment_id: int) -> str:
    """Show one segment."""
    view = run()
    chosen = view.segment(segment_id)
    sql = f"SELECT * FROM segdb.customer_segments WHERE segment_id = {segment_id}"  # noqa: S608
    return page(
        "segment.html",
        str(chosen.row["segment"]),
        figures=view.figures(_CHARTS, [segment_id]),
        facts=view.facts,
        segments=[chosen],
        others=[other for other in view.segments if other is not chosen],
        features=_features(view, [segment_id]),
        outcomes=_outcomes(view, segment_id),
        sql=view.published.sql(sql),
    )


@pages.get("/segments/compare")
def compare() -> str | Response:
    """Show two segments beside each other."""
    view = run()
    ids = [_number(request.args.get(name, "")) for name in ("a", "b")]
    if ids[0] == ids[1]:
        return redirect(url_for("segments.segment", segment_id=ids[0]))
    pair = [view.segment(segment_id) for segment_id in ids]
    return page(
        "compare.html",
        "Two segments",
        figures=view.figures(_OF_TWO, ids),
        facts=view.facts,
        segments=pair,
        all_segments=view.segments,
        features=_features(view, ids),
    )


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise UserError("Name two segments by their numbers: /segments/compare?a=1&b=2.")
    return int(text[:9])


def _features(view: RunView, ids: list[int]) -> list[dict[str, Any]]:
    """Return each feature with what is typical of these segments and of all customers."""
    rows = view.rows("SELECT segment_id, feature, mean, median, z FROM segdb.segment_features")
    by_key = {(row["segment_id"], row["feature"]): row for row in rows}
    lines = []
    for feature in view.features:
        parts = [by_key.get((segment_id, feature.name)) for segment_id in ids]
        lines.append({"feature": feature, "parts": parts})
    return sorted(lines, key=lambda line: -max(abs((p or {}).get("z") or 0) for p in line["parts"]))


def _outcomes(view: RunView, segment_id: int) -> list[dict[str, Any]]:
    if not view.published.has(["segment_outcomes"]):
        return []
    return view.rows(
        "SELECT * FROM segdb.segment_outcomes WHERE segment_id = $segment ORDER BY cut DESC",
        {"segment": segment_id},
    )
