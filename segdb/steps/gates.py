"""Gates: what a run must reach before it is published."""

from __future__ import annotations

from segdb.errors import GateError
from segdb.settings import Gates


def check(
    gates: Gates,
    silhouette: float | None,
    stability: float | None,
    smallest_share: float,
    rejected_share: float,
) -> None:
    """Raise if a gate of the settings is not passed.

    Args:
        gates: the settings.
        silhouette: mean silhouette of the chosen k; None where it was not computed.
        stability: mean adjusted Rand index over resamples; None where it was not computed.
        smallest_share: share of the customers in the smallest segment.
        rejected_share: share of the rows read that were rejected.

    Raises:
        GateError: which gates failed, and by how much.
    """
    failed = []
    for name, figure, limit in (
        ("min_silhouette", silhouette, gates.min_silhouette),
        ("min_stability", stability, gates.min_stability),
        ("min_segment_share", smallest_share, gates.min_segment_share),
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
