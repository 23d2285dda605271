"""Evidence: what speaks for each number of segments, in phrases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from segdb.cluster.candidate import Candidate
from segdb.interval import STABLE, Side, interval, side

Criterion = Literal["elbow", "silhouette", "davies_bouldin", "calinski_harabasz", "gap"]

NAMES: dict[Criterion, str] = {
    "elbow": "elbow",
    "silhouette": "silhouette",
    "davies_bouldin": "Davies-Bouldin",
    "calinski_harabasz": "Calinski-Harabasz",
    "gap": "gap statistic",
}
# A Calinski-Harabasz of so much says that segments are points, but for the last bits of sums.
_POINTS = 1e9


def evidence_by_k(
    candidates: Sequence[Candidate],
    wanted: Mapping[Criterion, int | None],
    chosen: Candidate,
    missing: Criterion | None,
) -> dict[int, tuple[str, ...]]:
    """Return by k what speaks for it: the criteria that prefer it, and its stability.

    Args:
        candidates: one a k.
        wanted: the k that each criterion prefers; None where it prefers none.
        chosen: the k that was taken.
        missing: the criterion that was asked for and prefers none; None where it chose.
    """
    evidence = {}
    for candidate in candidates:
        own = candidate is chosen
        phrases = [_absent(missing, candidates)] if own and missing else []
        phrases += [
            _preference(name, candidate, None if own else chosen)
            for name in NAMES
            if wanted[name] == candidate.k
        ]
        if own and missing != "gap" and candidate.gap is not None and wanted["gap"] is None:
            phrases.append(_absent("gap", candidates))
        evidence[candidate.k] = (*phrases, *_stability(candidate))
    return evidence


def stable_numbers(candidates: Sequence[Candidate], k: int) -> list[str]:
    """Say which numbers of segments are stable beyond the error of that, and whether k may be."""
    if any(candidate.stability is None for candidate in candidates):
        return []
    stable = [c.k for c in candidates if stable_side(c) == "above"]
    unsure = any(c.k == k and stable_side(c) == "uncertain" for c in candidates)
    may = f", {k} may be" if unsure else ""
    if not stable:
        return [f"none is certain to be stable{may}" if unsure else "none is stable"]
    runs = _runs(stable)
    text = " and ".join([", ".join(runs[:-1]), runs[-1]] if len(runs) > 1 else runs)
    words = {1: "is stable", 2: "are both stable"}.get(len(stable), "are all stable")
    return [f"{'only ' if len(stable) == 1 else ''}{text} {words}{may}"]


def stable_side(candidate: Candidate) -> Side | None:
    """Return on which side of ``STABLE`` the stability lies; None where it was not measured."""
    if candidate.stability is None:
        return None
    return side(candidate.stability, candidate.stability_error, STABLE)


def _runs(ks: Sequence[int]) -> list[str]:
    """Write ascending numbers as "3 to 6" and "8"."""
    runs: list[list[int]] = []
    for k in ks:
        if runs and runs[-1][-1] == k - 1:
            runs[-1].append(k)
        else:
            runs.append([k])
    # Of two the word between them is "and".
    parts = [[str(k) for k in run] if len(run) < 3 else [f"{run[0]} to {run[-1]}"] for run in runs]
    return [text for part in parts for text in part]


def _stability(candidate: Candidate) -> list[str]:
    mean = candidate.stability
    match stable_side(candidate):
        case "above":
            return [f"stable ({mean:.2f})"]
        case "below":
            return [f"not stable ({mean:.2f})"]
        case "uncertain":
            return [f"stability uncertain ({interval(mean or 0.0, candidate.stability_error)})"]
    return []


def _preference(name: Criterion, one: Candidate, against: Candidate | None) -> str:
    if name == "elbow":
        return "elbow"
    pair = [getattr(of, name) for of in (one, against) if of is not None]
    values = [value for value in pair if value is not None]
    if not values:
        return f"{NAMES[name]} prefers it"
    if name == "gap" and len(values) == 2 and values[0] < values[1]:
        return f"{NAMES[name]} prefers it (the first within its error of the next)"
    if name == "calinski_harabasz" and max(values) > _POINTS:
        return f"{NAMES[name]} prefers it, whose segments are points"
    digits = 0 if abs(values[0]) >= 100.0 else 2
    if len({f"{value:.{digits}f}" for value in values}) < len(values):
        digits += 2
    figures = " against ".join(f"{value:,.{digits}f}" for value in values)
    return f"{NAMES[name]} prefers it ({figures})"


def _absent(name: Criterion, candidates: Sequence[Candidate]) -> str:
    if name == "gap" and any(candidate.gap is not None for candidate in candidates):
        return "gap statistic prefers a single segment"
    return "no elbow" if name == "elbow" else f"{NAMES[name]} not known"
