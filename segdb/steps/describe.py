"""Describe: the rows of the small published tables, from a few aggregates."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import ibis.expr.types as ir

from segdb.features.catalogue import Catalogue
from segdb.model import Model, Parameters
from segdb.stages.profile import by_segment, overall
from segdb.store.duckdb import DuckDB

Rows = list[dict[str, Any]]


def profiles(store: DuckDB, assigned: ir.Table, model: Model) -> tuple[Rows, Rows]:
    """Return the rows of ``segment_profiles`` and ``segment_features``.

    Args:
        store: where the customers are.
        assigned: every customer with ``nearest`` and the features in natural units.
        model: whose segments are in the order of ``nearest``.
    """
    names = model.catalogue.names
    measured = {row["nearest"]: row for row in store.rows(by_segment(assigned, names))}
    whole = store.rows(overall(assigned, names))[0]
    customers = sum(row["customers"] for row in measured.values())
    monetary = names.index("monetary") if "monetary" in model.catalogue.names else None
    revenue = (
        None if monetary is None else sum(row[f"sum_{monetary}"] or 0 for row in measured.values())
    )
    profile_rows: Rows = []
    feature_rows: Rows = []
    for place, segment in enumerate(model.segments):
        row = measured.get(place, {"customers": 0})
        own = None if monetary is None else float(row.get(f"sum_{monetary}") or 0.0)
        profile_rows.append(
            {
                "segment_id": segment.segment_id,
                "segment": segment.name,
                "customers": row["customers"],
                "customer_share": row["customers"] / customers,
                "revenue": own,
                "revenue_share": None if own is None or not revenue else own / revenue,
            }
        )
        feature_rows += _feature_rows(segment.segment_id, names, row, whole)
    return profile_rows, feature_rows


def _feature_rows(
    segment_id: int, names: Sequence[str], row: Mapping[str, Any], whole: Mapping[str, Any]
) -> Rows:
    rows: Rows = []
    for i, name in enumerate(names):
        mean, center, sd = row.get(f"mean_{i}"), whole[f"mean_{i}"], whole[f"sd_{i}"]
        rows.append(
            {
                "segment_id": segment_id,
                "feature": name,
                "mean": mean,
                "median": row.get(f"median_{i}"),
                "p25": row.get(f"p25_{i}"),
                "p75": row.get(f"p75_{i}"),
                "z": None if mean is None or not sd else (mean - center) / sd,
            }
        )
    return rows


def centroid_rows(model: Model) -> Rows:
    """Return the rows of ``segment_centroids``."""
    return [
        {
            "segment_id": segment.segment_id,
            "feature": p.feature,
            "scaled": value,
            "natural": natural(p, value),
        }
        for segment in model.segments
        for p, value in zip(model.matrix, segment.centroid, strict=True)
    ]


def natural(parameters: Parameters, scaled: float) -> float:
    """Take a scaled value of a feature back to natural units."""
    value = scaled * parameters.spread + parameters.center
    return math.expm1(value) if parameters.transform == "log1p" else value


def parameter_rows(model: Model) -> Rows:
    """Return the rows of ``feature_parameters``."""
    return [
        {
            "feature": p.feature,
            "position": p.position,
            "left_out": p.left_out,
            "fill": p.fill,
            "lower": p.lower,
            "upper": p.upper,
            "transform": p.transform,
            "center": p.center,
            "spread": p.spread,
        }
        for p in model.parameters
    ]


def feature_sentences(catalogue: Catalogue) -> dict[str, str]:
    """Return the sentence and unit of each feature, for the comments of its columns."""
    return {
        entry.name: f"{entry.sentence} Unit: {entry.unit}." if entry.unit else entry.sentence
        for entry in catalogue.entries
    }
