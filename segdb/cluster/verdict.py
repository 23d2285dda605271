"""Verdict: which number of segments to take, in a plain sentence, and the evidence for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from segdb.cluster.candidate import Candidate
from segdb.cluster.elbow import SHARP, bends, elbow
from segdb.cluster.evidence import NAMES, Criterion, evidence_by_k, stable_numbers, stable_side
from segdb.formats.phrases import sentence

# How far the gap must rise above that of one segment, two standard errors apart: in the logarithm
# of the inertia, about 5 %. No noise that was tried reached a third of it.
_STRUCTURE = 0.05


@dataclass(frozen=True)
class Verdict:
    """The k that was chosen, and why.

    Attributes:
        k: number of segments.
        criterion_used: the one asked for; ``silhouette`` where that had nothing to say; ``only``
            where no other k was tried.
        judgement: how good a choice it is, in a few phrases.
        evidence: by k, what speaks for it, a phrase each.
        clear: whether there is more structure than in noise, another criterion agrees, no other k
            is preferred by more of them, and the segments are stable beyond the error of that, as
            far as each was computed.
    """

    k: int
    criterion_used: str
    judgement: tuple[str, ...]
    clear: bool
    evidence: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The judgement in one sentence."""
        return sentence(self.judgement)


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
    wanted = {name: _preferred(candidates, name) for name in NAMES}
    used: Criterion = criterion if wanted[criterion] is not None else "silhouette"
    k = wanted[used] or candidates[0].k
    chosen = next(candidate for candidate in candidates if candidate.k == k)
    agreeing = [name for name in NAMES if name != used and wanted[name] == k]
    structure, stable = _structure(candidates, k), stable_side(chosen)
    clear = structure and bool(agreeing) and stable in (None, "above") and not _has_rival(wanted, k)
    if clear:
        words = "a clear choice"
    elif not structure:
        words = "a division of convenience, for the data show no clear clusters"
    elif stable == "below":
        words = "a choice that other customers would not bear out"
    else:
        words = "a reasonable choice, not a clear-cut one"
    judgement = [f"{k} segments: {words}", *stable_numbers(candidates, k)]
    missing = criterion if used != criterion else None
    evidence = evidence_by_k(candidates, wanted, chosen, missing)
    return Verdict(k, used, tuple(judgement), clear, evidence)


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


def _has_rival(wanted: Mapping[Criterion, int | None], k: int) -> bool:
    """Whether more criteria prefer another k than the one chosen."""
    votes = Counter(value for value in wanted.values() if value is not None)
    return bool(votes) and max(votes.values()) > votes[k]
