"""Profiles: the rows of the small published tables, from a few aggregates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from segdb.expressions.profile import QUANTILES
from segdb.expressions.transform import natural_value
from segdb.features.catalogue import Catalogue
from segdb.features.rfm import GRID, SCORES
from segdb.model import Model
from segdb.steps.describe.naming import SegmentDescription

Rows = list[dict[str, Any]]
Groups = Mapping[int, Mapping[str, Any]]


@dataclass(frozen=True)
class SegmentQuality:
    """How good a segment is; the fields are columns of ``segment_profiles``."""

    rule: str | None
    rule_precision: float | None
    rule_recall: float | None
    separation: float | None
    silhouette: float | None
    stability: float | None
    stability_error: float | None


def profile_rows(
    model: Model,
    groups: Groups,
    descriptions: Sequence[SegmentDescription],
    qualities: Sequence[SegmentQuality],
    expected: Groups,
) -> Rows:
    """Return the rows of ``segment_profiles``.

    Args:
        model: whose segments are in the order of ``nearest``.
        groups: what ``by_segment`` gave, by ``nearest``.
        descriptions: names, tiers and actions of the segments.
        qualities: figures of the segments' quality.
        expected: by ``nearest``, what ``segdb.expressions.value_table.by_segment`` gave.
    """
    names = model.catalogue.names
    customers = sum(row["customers"] for row in groups.values())
    monetary = names.index("monetary") if "monetary" in names else None
    revenue = (
        sum(row[f"sum_{monetary}"] or 0.0 for row in groups.values())
        if monetary is not None
        else 0.0
    )
    rows: Rows = []
    for place, segment in enumerate(model.segments):
        row, description, quality = groups.get(place, {}), descriptions[place], qualities[place]
        own = None if monetary is None else float(row.get(f"sum_{monetary}") or 0.0)
        rows.append(
            {
                "segment_id": segment.segment_id,
                "segment": segment.name,
                "tier": description.tier,
                "customers": row.get("customers", 0),
                "customer_share": row.get("customers", 0) / customers,
                "revenue": own,
                "revenue_share": None if own is None or not revenue else own / revenue,
                "value_per_customer": description.value,
                "summary": description.summary,
                **asdict(description.churn),
                "overdue": description.overdue,
                "action": description.action,
                "action_reason": description.reason,
                "cohesion": row.get("cohesion"),
                "margin": row.get("margin"),
                "expected_revenue": expected.get(place, {}).get("expected_revenue"),
                "revenue_at_risk": expected.get(place, {}).get("revenue_at_risk"),
                **asdict(quality),
            }
        )
    return rows


def feature_rows(model: Model, groups: Groups, whole: Mapping[str, Any]) -> Rows:
    """Return the rows of ``segment_features``."""
    rows: Rows = []
    for place, segment in enumerate(model.segments):
        row = groups.get(place, {})
        for i, name in enumerate(model.catalogue.names):
            mean, center, sd = row.get(f"mean_{i}"), whole[f"mean_{i}"], whole[f"sd_{i}"]
            rows.append(
                {
                    "segment_id": segment.segment_id,
                    "feature": name,
                    "customers": row.get(f"known_{i}", 0),
                    "mean": mean,
                    **{q: row.get(f"{q}_{i}") for q in QUANTILES},
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
            "natural": natural_value(p, value),
        }
        for segment in model.segments
        for p, value in zip(model.matrix, model.scaled(segment.centroid), strict=True)
    ]


def parameter_rows(model: Model) -> Rows:
    """Return the rows of ``feature_parameters``."""
    return [
        {
            "feature": p.feature,
            "position": p.position,
            "left_out": p.left_out,
            "fill": p.fill,
            "filled": "after capping" if p.fill_last else "before capping",
            "lower": p.lower,
            "upper": p.upper,
            "transform": p.transform,
            "power": p.power,
            "center": p.center,
            "spread": p.spread,
        }
        for p in model.parameters
    ]


def score_sentences(model: Model) -> dict[str, str]:
    """Return the sentence of each score's column, where it is not by fifths, and of the segment."""
    sentences = {}
    ends = {"r_score": "the most recent", "f_score": "the most frequent", "m_score": "the highest"}
    for score, feature, _ in SCORES:
        edges = model.score_edges.get(feature, ())
        bins, name = len(edges) + 1, feature.removesuffix("_days").capitalize()
        if feature in model.rfm.ranked:
            how = f"by rank, in {bins} groups of equal size"
        else:
            how = f"by the edges {', '.join(f'{edge:g}' for edge in edges)}"
        if edges and (bins != len(GRID) or feature in model.rfm.ranked or feature in model.rfm.own):
            sentences[score] = f"{name} {how}: {bins} {ends[score]}."
    if model.rfm.segments:
        rules = "; ".join(f"{name}: {sql}" for name, sql in model.rfm.segments)
        sentences["rfm_segment"] = f"The first that holds of: {rules}; else {model.rfm.other}."
    return sentences


def feature_sentences(catalogue: Catalogue) -> dict[str, str]:
    """Return the sentence and unit of each feature, for the comments of its columns."""
    return {
        entry.name: f"{entry.sentence} Unit: {entry.unit}." if entry.unit else entry.sentence
        for entry in catalogue.entries
    }
