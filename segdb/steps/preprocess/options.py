"""Preprocess options: how features are filled, capped, transformed, scaled and excluded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from segdb.config.feature_sections import Features, Outliers, Rfm
from segdb.config.settings import Settings


@dataclass(frozen=True)
class PreprocessOptions:
    """What of the settings the preprocessing goes by.

    Attributes:
        missing: what a missing feature becomes.
        features: how they are transformed, and which are excluded from clustering.
        outliers: how they are found, and what becomes of them.
        scale: the method of scaling.
        rfm: how customers are scored.
        matrix_rows: customers that are taken into memory, all or as a sample of this size.
        seed: of that sample.
    """

    missing: Literal["median", "mean", "zero", "reject"]
    features: Features
    outliers: Outliers
    scale: Literal["standard", "robust", "minmax", "none"]
    rfm: Rfm
    matrix_rows: int
    seed: int

    @classmethod
    def of(cls, settings: Settings) -> PreprocessOptions:
        """Return those of the settings."""
        return cls(
            missing=settings.clean.missing,
            features=settings.features,
            outliers=settings.outliers,
            scale=settings.scale.method,
            rfm=settings.rfm,
            matrix_rows=settings.cluster.matrix_rows,
            seed=settings.cluster.seed,
        )
