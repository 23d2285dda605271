"""Exclude features from clustering that are published and profiled all the same."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

from segdb.checks.settings_lines import percent
from segdb.checks.warning import DataWarning
from segdb.config.feature_sections import Features
from segdb.model import Parameters
from segdb.steps.features.build_features import BuiltFeatures
from segdb.steps.preprocess.options import PreprocessOptions
from segdb.steps.progress import Progress

DESCRIBES = "describes only"
CONSTANT = "constant"


def mostly_missing(
    options: PreprocessOptions, built: BuiltFeatures, known: Mapping[str, Any], progress: Progress
) -> dict[int, str]:
    """Return why features are excluded that most customers lack, by their place.

    Where missing stands for zero, or customers who lack a feature are left out, none is.
    """
    if options.missing not in ("median", "mean"):
        return {}
    binary = {entry.name for entry in built.catalogue.of("category")}
    shares = {
        place: float(known[f"missing_{place}"]) / max(built.customers, 1)
        for place, name in enumerate(built.catalogue.names)
        if name not in binary
    }
    most = {p: share for p, share in shares.items() if share > options.features.max_missing}
    if most and len(most) < len(built.catalogue.names):
        names = [built.catalogue.names[place] for place in most]
        each = ", ".join(f"{n} ({percent(s)})" for n, s in zip(names, most.values(), strict=True))
        progress.warn(
            DataWarning(
                "missing_features",
                f"Most customers lack {each}: excluded from clustering, where a filled value would "
                "stand for them.",
                "[features] max_missing = 1.0",
                share=max(most.values()) / 10,
            )
        )
        return {place: f"missing for {percent(share)}" for place, share in most.items()}
    return {}


def excluded(
    features: Features,
    parameters: tuple[Parameters, ...],
    row: Mapping[str, Any],
    correlations: Mapping[tuple[str, str], float | None],
    missing: Mapping[int, str],
) -> dict[int, str]:
    """Return why features are excluded from clustering, by their place.

    Args:
        features: features that only describe, and the largest correlation.
        parameters: of each feature.
        row: what was measured of them.
        correlations: Pearson's r of each pair.
        missing: those that most customers lack.
    """
    left_out = dict(missing)
    for place, p in enumerate(parameters):
        if p.feature in features.describe:
            left_out[place] = DESCRIBES
        elif row[f"least_{place}"] == row[f"most_{place}"]:
            left_out[place] = CONSTANT
    for i, j in combinations(range(len(parameters)), 2):
        r = correlations[parameters[i].feature, parameters[j].feature]
        if i in left_out or j in left_out or r is None:
            continue
        if abs(r) > features.max_correlation:
            left_out[j] = f"r = {r:.3f} with {parameters[i].feature}"
    return left_out
