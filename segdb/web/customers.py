"""Customers: one of them, beside the segment and all others, and why the segment is theirs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import ibis

from segdb.charts.chart import Rows
from segdb.expressions.preprocess import preprocess
from segdb.sql import to_sql
from segdb.sql_text import quoted
from segdb.steps.use.explain_assignment import Change, Decision, changes, decisions
from segdb.web.problems import NotFoundError
from segdb.web.run_view import RunView

_SHOWN = 20


@dataclass(frozen=True)
class CustomerView:
    """A customer.

    Attributes:
        row: of ``customer_segments``, by column.
        distances: of ``segment_distances``, the nearest first.
        decisions: what each feature of the matrix says of the nearest and the next segment.
        changes: of one feature each, that would lead to a better segment (to another one where
            nothing says what customers bring), the smallest first.
        stays: in segments, the last one first.
        value: of ``customer_value``; None without.
        typical: of the segment by feature: the share of what is yes or no, else the median.
    """

    row: dict[str, Any]
    distances: Rows
    decisions: tuple[Decision, ...]
    changes: tuple[Change, ...]
    stays: Rows
    value: dict[str, Any] | None
    typical: dict[str, float | None]


def find(run: RunView, beginning: str) -> Rows:
    """Return customers whose id begins so, the one that is the whole id first."""
    return run.rows(
        "SELECT CAST(customer_id AS VARCHAR) AS customer_id, segment_id, segment, margin "  # noqa: S608
        "FROM segdb.segments WHERE starts_with(lower(CAST(customer_id AS VARCHAR)), lower($begin)) "
        "ORDER BY lower(CAST(customer_id AS VARCHAR)) <> lower($begin), "
        f"length(CAST(customer_id AS VARCHAR)), customer_id LIMIT {_SHOWN}",
        {"begin": beginning},
    )


def customer(run: RunView, customer_id: str) -> CustomerView:
    """Return a customer by the whole id.

    Raises:
        NotFoundError: there is none.
    """
    where = "WHERE CAST(customer_id AS VARCHAR) = $id"
    values = {"id": customer_id}
    rows = run.rows(f"SELECT * FROM segdb.customer_segments {where}", values)  # noqa: S608 - ours
    if not rows:
        raise NotFoundError("There is no customer of this id in the last run.")
    row = rows[0]
    distances = run.rows(
        f"SELECT segment_id, distance FROM segdb.segment_distances {where} ORDER BY distance",  # noqa: S608
        values,
    )
    stays = run.rows(
        "SELECT segment_id, segment, valid_from, valid_to FROM segdb.segment_history "  # noqa: S608
        f"{where} ORDER BY valid_from DESC",
        values,
    )
    value: Rows = []
    if run.published.has(["customer_value"]):
        value = run.rows(f"SELECT * FROM segdb.customer_value {where}", values)  # noqa: S608
    typical = run.rows(
        "SELECT feature, mean, median FROM segdb.segment_features WHERE segment_id = $segment",
        {"segment": row["segment_id"]},
    )
    scaled = _scaled(run, customer_id)
    flags = {feature.name for feature in run.features if feature.flag}
    return CustomerView(
        row=row,
        distances=distances,
        decisions=_decisions(run, scaled, distances),
        changes=_changes(run, row, scaled),
        stays=stays,
        value=value[0] if value else None,
        typical={
            one["feature"]: one["mean" if one["feature"] in flags else "median"] for one in typical
        },
    )


def _scaled(run: RunView, customer_id: str) -> list[float]:
    """Return the customer for the model: one value a feature of the matrix, scaled units."""
    model = run.model
    given = {"customer_id": "string", **dict.fromkeys(model.catalogue.names, "float64")}
    stage = preprocess(ibis.table(given, name="asked"), model.matrix)
    columns = [p.column for p in model.matrix]
    names = ", ".join(f"CAST({quoted(n)} AS DOUBLE) AS {quoted(n)}" for n in model.catalogue.names)
    sql = (
        f"WITH asked AS (SELECT CAST(customer_id AS VARCHAR) AS customer_id, {names} "  # noqa: S608
        f"FROM {quoted(run.schema)}.customer_features WHERE CAST(customer_id AS VARCHAR) = $id) "
        f"SELECT * FROM ({to_sql(stage.select(*columns))}) AS scaled"
    )
    row = run.snapshot.select(sql, {"id": customer_id}).to_pylist()[0]
    return [float(row[column]) for column in columns]


def _place(run: RunView, segment_id: int) -> int:
    return next(place for place, s in enumerate(run.model.segments) if s.segment_id == segment_id)


def _decisions(run: RunView, scaled: list[float], distances: Rows) -> tuple[Decision, ...]:
    if len(distances) < 2:
        return ()
    nearest, following = (_place(run, row["segment_id"]) for row in distances[:2])
    return decisions(run.model, scaled, nearest, following)


def _changes(run: RunView, row: dict[str, Any], scaled: list[float]) -> tuple[Change, ...]:
    """Return the changes that lead to a better segment, as the model itself confirms.

    Where nothing says what a customer brings, they lead to any other one.
    """
    ranked = [segment.row["segment_id"] for segment in run.segments]
    own = ranked.index(row["segment_id"])
    wanted = ranked[:own] if run.facts.by_value else [*ranked[:own], *ranked[own + 1 :]]
    better = [_place(run, number) for number in wanted]
    whole = {f.name for f in run.features if f.flag or f.whole}
    limits = {
        f.name: (f.minimum, f.maximum)
        for f in run.features
        if f.minimum is not None and f.maximum is not None and not f.fixed
    }
    candidates = changes(run.model, scaled, better, limits, whole)
    if not candidates:
        return ()
    features = {p.feature: _float(row[p.feature]) for p in run.model.matrix}
    confirmed = run.snapshot.assign([{**features, c.feature: c.value} for c in candidates])
    reached = (_place(run, one["segment_id"]) for one in confirmed)
    return tuple(
        replace(change, place=place)
        for change, place in zip(candidates, reached, strict=True)
        if place in better
    )


def _float(value: Any) -> float | None:
    return None if value is None else float(value)
