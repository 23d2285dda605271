"""Verdict: which number of segments the evidence is for, in a sentence, and whether it is clear."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from segdb.cluster.candidate import Candidate
from segdb.cluster.elbow import SHARP, bends, elbow
from segdb.formats.phrases import sentence
from segdb.interval import STABLE, Side, interval, side

Criterion = Literal["elbow", "silhouette", "davies_bouldin", "calinski_harabasz", "gap"]

# How far the gap must rise above that of one segment, two standard errors apart: in the logarithm
# of the inertia, about 5 %. No noise that was tried reached a third of it.
_STRUCTURE = 0.05
# A Calinski-Harabasz of so much says that segments are points, but for the last bits of sums.
_POINTS = 1e9
# Of so many numbers of segments at most the sentence has the interval of an uncertain stability.
_FEW = 2
_NAMES: dict[Criterion, str] = {
    "elbow": "elbow",
    "silhouette": "silhouette",
    "davies_bouldin": "Davies-Bouldin",
    "calinski_harabasz": "Calinski-Harabasz",
    "gap": "gap statistic",
}


@dataclass(frozen=True)
class Verdict:
    """The k that was chosen, and why.

    Attributes:
        k: number of segments.
        criterion_used: the one asked for; ``silhouette`` where that had nothing to say; ``only``
            where no other k was tried.
        evidence: for and against, a phrase each.
        clear: whether there is more structure than in noise, another criterion agrees, no other k
            is preferred by more of them, and the segments are stable beyond the error of that, as
            far as each was computed.
    """

    k: int
    criterion_used: str
    evidence: tuple[str, ...]
    clear: bool

    @property
    def sentence(self) -> str:
        """The evidence in one sentence."""
        return sentence(self.evidence)


def verdict(candidates: Sequence[Candidate], criterion: Criterion) -> Verdict:
    """Choose k by a criterion, and say what the others say.

    Args:
        candidates: one a k, ascending.
        criterion: where it finds nothing (no elbow, no gap computed), silhouette takes its place.
    """
    if len(candidates) == 1:
        only = candidates[0].k
        words = f"{only} segments, the only number that was tried"
        return Verdict(only, "only", (words,), False)
    wanted = {name: _preferred(candidates, name) for name in _NAMES}
    used: Criterion = criterion if wanted[criterion] is not None else "silhouette"
    k = wanted[used] or candidates[0].k
    chosen = next(candidate for candidate in candidates if candidate.k == k)
    others = [name for name in _NAMES if name != used and wanted[name] is not None]
    agreeing = [name for name in others if wanted[name] == k]
    structure = _structure(candidates, k)
    stable = _side(chosen)
    rival = _rival(wanted, k)
    clear = structure and bool(agreeing) and stable in (None, "above") and rival is None
    parts = [_absent(criterion, candidates)] if used != criterion else []
    parts.append(_preference(used, chosen))
    if agreeing:
        parts.append(_listed([_NAMES[name] for name in agreeing], "agrees", "agree"))
    for name in others:
        other = next(c for c in candidates if c.k == wanted[name])
        if other is not chosen:
            parts.append(_preference(name, other, chosen))
    if wanted["gap"] is None and criterion != "gap" and chosen.gap is not None:
        parts.append(_absent("gap", candidates))
    parts += _stability(candidates)
    if not clear:
        parts.append("no number of segments is clearly better" + _why(structure, stable, rival))
    return Verdict(k, used, tuple(parts), clear)


def _preferred(candidates: Sequence[Candidate], criterion: Criterion) -> int | None:
    if criterion == "elbow":
        return elbow(*_curve(candidates))
    if criterion == "gap":
        return _gap(candidates)
    better: Callable[..., Candidate] = min if criterion == "davies_bouldin" else max
    known = [c for c in candidates if getattr(c, criterion) is not None]
    return better(known, key=lambda c: getattr(c, criterion)).k if known else None


def _curve(candidates: Sequence[Candidate]) -> tuple[list[int], list[float], float | None]:
    first = candidates[0]
    one = first.inertia / (1.0 - first.explained) if first.explained < 1.0 else None
    return [c.k for c in candidates], [c.inertia for c in candidates], one


def _gap(candidates: Sequence[Candidate]) -> int | None:
    """Return the first k whose gap is no less than the next one's less a standard error.

    That of their difference, which was measured on the same draws and references: the error of the
    paper's rule, that of the next gap, has much in it that both gaps share. Only of those that beat
    a single segment: where clusters lie in groups, the gap falls before it rises, and the rule
    would stop there. None where no k does.
    """
    known = [(c.k, c.gap, c.gap_step_error or 0.0) for c in candidates if c.gap is not None]
    rises = _rises(candidates, errors=1.0)
    beating = {k: gap for k, gap, _ in known if rises.get(k, 0.0) > 0.0}
    for (k, gap, _), (_, behind, error) in pairwise(known):
        if k in beating and gap >= behind - error:
            return k
    return max(beating, key=lambda k: beating[k]) if beating else None


def _rises(candidates: Sequence[Candidate], errors: float) -> dict[int, float]:
    """Return by k how far the gap is above that of one segment, less so many standard errors."""
    return {
        c.k: c.gap - c.gap_of_one - errors * c.gap_rise_error
        for c in candidates
        if c.gap is not None and c.gap_of_one is not None and c.gap_rise_error is not None
    }


def _structure(candidates: Sequence[Candidate], k: int) -> bool:
    rises = _rises(candidates, errors=2.0)
    if rises:
        return max(rises.values()) > _STRUCTURE
    return len(candidates) > 2 and bends(*_curve(candidates)).get(k, 0.0) >= SHARP


def _preference(name: Criterion, one: Candidate, against: Candidate | None = None) -> str:
    if name == "elbow":
        return f"elbow at {one.k}"
    pair = [getattr(of, name) for of in (one, against) if of is not None]
    values = [value for value in pair if value is not None]
    if not values:
        return f"{_NAMES[name]} prefers {one.k}"
    if name == "gap" and len(values) == 2 and values[0] < values[1]:
        return f"{_NAMES[name]} prefers {one.k} (the first within its error of the next)"
    if name == "calinski_harabasz" and max(values) > _POINTS:
        return f"{_NAMES[name]} prefers {one.k}, whose segments are points"
    digits = 0 if abs(values[0]) >= 100.0 else 2
    if len({f"{value:.{digits}f}" for value in values}) < len(values):
        digits += 2
    figures = " against ".join(f"{value:,.{digits}f}" for value in values)
    return f"{_NAMES[name]} prefers {one.k} ({figures})"


def _absent(name: Criterion, candidates: Sequence[Candidate]) -> str:
    if name == "gap" and any(candidate.gap is not None for candidate in candidates):
        return "gap statistic prefers a single segment"
    return "no elbow" if name == "elbow" else f"{_NAMES[name]} not known"


def _side(candidate: Candidate) -> Side | None:
    if candidate.stability is None:
        return None
    return side(candidate.stability, candidate.stability_error, STABLE)


def _stability(candidates: Sequence[Candidate]) -> list[str]:
    if any(c.stability is None for c in candidates):
        return []
    stable = [c.k for c in candidates if _side(c) == "above"]
    parts = [f"stable (≥ {STABLE}) {_listed(_runs(stable))}"] if stable else []
    unsure = [c for c in candidates if _side(c) == "uncertain"]
    if len(unsure) > _FEW:
        parts.append(f"stability is uncertain {_listed(_runs([c.k for c in unsure]))}")
    elif unsure:
        places = [f"at {c.k} ({interval(c.stability or 0.0, c.stability_error)})" for c in unsure]
        parts.append(f"stability is uncertain {_listed(places)}")
    return parts or [f"stable (≥ {STABLE}) nowhere"]


def _runs(ks: Sequence[int]) -> list[str]:
    """Write ascending numbers as "from 3 to 6" and "at 8"."""
    runs: list[list[int]] = []
    for k in ks:
        if runs and runs[-1][-1] == k - 1:
            runs[-1].append(k)
        else:
            runs.append([k])
    return [f"from {run[0]} to {run[-1]}" if len(run) > 1 else f"at {run[0]}" for run in runs]


def _rival(wanted: Mapping[Criterion, int | None], k: int) -> str | None:
    """Say which other k more criteria prefer than the one chosen."""
    votes = Counter(value for value in wanted.values() if value is not None)
    other, count = votes.most_common(1)[0] if votes else (k, 0)
    if other == k or count <= votes[k]:
        return None
    return f"{count} of {votes.total()} criteria prefer {other}"


def _why(structure: bool, stable: Side | None, rival: str | None) -> str:
    if not structure:
        return ", as in data without clusters"
    reasons = [rival] if rival else []
    if stable == "below":
        reasons.append("other customers would give other segments")
    if stable == "uncertain":
        reasons.append("other customers may give other segments")
    return f": {', and '.join(reasons)}" if reasons else ""


def _listed(words: Sequence[str], one: str = "", more: str = "") -> str:
    text = " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
    return f"{text} {one if len(words) == 1 else more}".rstrip()
