"""The pipeline: every step of each job, read from top to bottom. It alone knows the order."""

from __future__ import annotations

from segdb.pipeline.backtesting import BacktestJob, backtest_published
from segdb.pipeline.fitting import fit
from segdb.pipeline.refreshing import refresh
from segdb.pipeline.rolling_back import rollback
from segdb.pipeline.scoring import score

__all__ = ["BacktestJob", "backtest_published", "fit", "refresh", "rollback", "score"]
