"""Quality gates: what a run must reach before it is published."""

from __future__ import annotations

from segdb.config.sections import Gates
from segdb.errors import GateError
from segdb.steps.segment.fit import Fitted


def check(gates: Gates, fitted: Fitted, rejected_share: float) -> None:
    """Raise if a gate of the settings is not passed.

    Args:
        gates: the settings.
        fitted: the figures of the segments.
        rejected_share: share of the rows read that were rejected.

    Raises:
        GateError: which gates failed, and by how much.
    """
    failed = []
    for name, figure, limit in (
        ("min_silhouette", fitted.silhouette, gates.min_silhouette),
        ("min_stability", fitted.stability, gates.min_stability),
        ("min_segment_share", fitted.smallest_share, gates.min_segment_share),
    ):
        if limit is not None and figure is None:
            failed.append(f"{name} = {limit:g}, and the figure is not defined")
        elif limit is not None and figure is not None and figure < limit:
            failed.append(f"{name} = {limit:g}, and it is {figure:.4f}: {limit - figure:.4f} short")
    most = gates.max_rejected_share
    if most is not None and rejected_share > most:
        failed.append(
            f"max_rejected_share = {most:g}, and it is {rejected_share:.4f}: "
            f"{rejected_share - most:.4f} over"
        )
    if failed:
        raise GateError(
            f"Nothing was published, since the run failed a gate of [gates]: {'; '.join(failed)}."
        )
