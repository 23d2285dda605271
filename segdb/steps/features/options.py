"""Feature options: how sources are cleaned, and which features are built of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from segdb.config.feature_sections import Features
from segdb.config.sections import Checks, Clean
from segdb.config.settings import Settings
from segdb.steps.preprocess.options import PreprocessOptions


@dataclass(frozen=True)
class FeatureOptions:
    """What of the settings the features are built by.

    Attributes:
        as_of: the moment that days count back from; None for the midnight after the last order.
        clean: which rows are rejected.
        features: which features are wanted.
        checks: which warnings are accepted.
        watermark: the column that never falls as the orders grow; None where nobody says so.
        days: whether what customer value and the backtest need of the orders is aggregated as well.
        preprocess: which customers are left out, for a missing feature or an outlier.
    """

    as_of: datetime | None
    clean: Clean
    features: Features
    checks: Checks
    watermark: str | None
    days: bool
    preprocess: PreprocessOptions

    @classmethod
    def of(cls, settings: Settings) -> FeatureOptions:
        """Return those of the settings."""
        return cls(
            as_of=settings.as_of,
            clean=settings.clean,
            features=settings.features,
            checks=settings.checks,
            watermark=settings.source.watermark,
            days=settings.value.model != "none" or settings.backtest.every_run,
            preprocess=PreprocessOptions.of(settings),
        )
