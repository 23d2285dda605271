"""Verdicts of made-up evidence: which k, in which words, and whether it is clear."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from segdb.cluster.candidate import Candidate
from segdb.cluster.evidence import Criterion
from segdb.cluster.kmeans import Fit
from segdb.cluster.verdict import Verdict, verdict

FIT = Fit(2, np.zeros((2, 1)), np.zeros(1, dtype=np.intp), 1.0)


def candidate(k: int, inertia: float, silhouette: float | None) -> Candidate:
    return Candidate(k, FIT, inertia, 1.0 - inertia / 1000.0, silhouette, None, None)


# Inertia bends at 5; the silhouette is best at 3.
INERTIAS = {2: 600.0, 3: 420.0, 4: 310.0, 5: 150.0, 6: 140.0, 7: 130.0}
SILHOUETTES = {2: 0.3, 3: 0.41, 4: 0.35, 5: 0.38, 6: 0.3, 7: 0.29}
STABILITIES = {2: 0.7, 3: 0.9, 4: 0.85, 5: 0.95, 6: 0.8, 7: 0.5}
PLAIN = tuple(candidate(k, INERTIAS[k], SILHOUETTES[k]) for k in INERTIAS)
GAPS = {2: 0.9, 3: 1.1, 4: 1.2, 5: 1.6, 6: 1.58, 7: 1.57}
FULL = tuple(
    replace(
        one,
        stability=STABILITIES[one.k],
        stability_error=0.0,
        gap=GAPS[one.k],
        gap_error=0.02,
        gap_of_one=1.0,
        gap_rise_error=0.02,
        gap_step_error=0.02,
        davies_bouldin=1.0 + 0.01 * one.k,
        calinski_harabasz=1000.0 * one.k,
    )
    for one in PLAIN
)


def phrases(found: Verdict, k: int) -> str:
    return "; ".join(found.evidence[k])


def test_the_sentence_is_plain_and_each_k_has_its_evidence() -> None:
    found = verdict(FULL, "elbow")
    assert (found.k, found.criterion_used, found.clear) == (5, "elbow", True)
    assert found.sentence == "5 segments: a clear choice; 3 to 6 are all stable."
    assert {k: phrases(found, k) for k in found.evidence} == {
        2: "Davies-Bouldin prefers it (1.02 against 1.05); not stable (0.70)",
        3: "silhouette prefers it (0.41 against 0.38); stable (0.90)",
        4: "stable (0.85)",
        5: "elbow; gap statistic prefers it (1.60); stable (0.95)",
        6: "stable (0.80)",
        7: "Calinski-Harabasz prefers it (7,000 against 5,000); not stable (0.50)",
    }


@pytest.mark.parametrize(
    ("stable", "words"),
    [
        ({2, 3, 4, 5}, "2 to 5 are all stable"),
        ({5}, "only 5 is stable"),
        ({2, 5}, "2 and 5 are both stable"),
        ({4, 5}, "4 and 5 are both stable"),
        ({2, 3, 4, 6, 7}, "2 to 4, 6 and 7 are all stable"),
        (set(), "none is stable"),
    ],
)
def test_which_numbers_are_stable(stable: set[int], words: str) -> None:
    some = tuple(replace(one, stability=0.9 if one.k in stable else 0.4) for one in FULL)
    assert verdict(some, "elbow").sentence.endswith(f"; {words}.")


@pytest.mark.parametrize(
    ("criterion", "k"),
    [("elbow", 5), ("silhouette", 3), ("davies_bouldin", 2), ("calinski_harabasz", 7), ("gap", 5)],
)
def test_each_criterion_picks_its_own(criterion: Criterion, k: int) -> None:
    found = verdict(FULL, criterion)
    assert (found.k, found.criterion_used) == (k, criterion)


def test_alone_with_its_choice_a_criterion_is_not_clear() -> None:
    found = verdict(FULL, "silhouette")
    assert not found.clear
    assert phrases(found, 3) == "silhouette prefers it (0.41); stable (0.90)"
    assert found.sentence == (
        "3 segments: a reasonable choice, not a clear-cut one; 3 to 6 are all stable."
    )


def test_without_an_elbow_the_silhouette_chooses_and_it_is_said() -> None:
    straight = tuple(replace(one, inertia=800.0 - 100.0 * one.k) for one in PLAIN)
    found = verdict(straight, "elbow")
    assert (found.k, found.criterion_used, found.clear) == (3, "silhouette", False)
    assert phrases(found, 3) == "no elbow; silhouette prefers it (0.41)"


def test_without_the_gap_the_silhouette_chooses_and_it_is_said() -> None:
    found = verdict(PLAIN, "gap")
    assert (found.k, found.criterion_used) == (3, "silhouette")
    assert phrases(found, 3) == "gap statistic not known; silhouette prefers it (0.41)"


def test_a_gap_that_never_rises_is_noise() -> None:
    noise = tuple(replace(one, gap=0.9 - 0.01 * one.k) for one in FULL)
    found = verdict(noise, "elbow")
    assert (found.k, found.clear) == (5, False)
    assert phrases(found, 5) == "elbow; gap statistic prefers a single segment; stable (0.95)"
    assert found.sentence.startswith(
        "5 segments: a division of convenience, for the data show no clear clusters; "
    )
    assert verdict(noise, "gap").k == 3


def test_the_gap_may_fall_before_it_rises() -> None:
    # The paper's rule from k = 1 on would stop there, and from k = 2 on at 2.
    grouped = {2: 0.9, 3: 0.88, 4: 0.87, 5: 1.6, 6: 1.58, 7: 1.57}
    found = verdict(tuple(replace(one, gap=grouped[one.k]) for one in FULL), "gap")
    assert found.k == 5


def test_the_gap_goes_by_the_error_of_the_difference() -> None:
    # Each gap is known to 0.5 only; which of two is larger, to 0.02.
    close = {2: 1.2, 3: 1.3, 4: 1.4, 5: 1.6, 6: 1.61, 7: 1.6}
    shared = tuple(replace(one, gap=close[one.k], gap_error=0.5) for one in FULL)
    assert verdict(shared, "gap").k == 5
    unsure = tuple(replace(one, gap_step_error=0.15) for one in shared)
    assert verdict(unsure, "gap").k == 2


def test_segments_that_other_customers_would_not_give_are_not_clear() -> None:
    shaky = tuple(replace(one, stability=0.5 if one.k > 2 else 0.9) for one in FULL)
    found = verdict(shaky, "elbow")
    assert not found.clear
    assert found.sentence == (
        "5 segments: a choice that other customers would not bear out; only 2 is stable."
    )
    nowhere = tuple(replace(one, stability=0.1) for one in FULL)
    assert verdict(nowhere, "elbow").sentence.endswith("; none is stable.")


def test_no_word_of_stability_within_its_error() -> None:
    # 3 and 4 reach 0.8 within two errors; 5 stays above it, 2 and 7 below.
    unsure = tuple(replace(one, stability_error=0.06) for one in FULL)
    found = verdict(unsure, "elbow")
    assert found.sentence == "5 segments: a clear choice; only 5 is stable."
    assert phrases(found, 6) == "stability uncertain (0.68 to 0.92)"
    few = tuple(replace(one, stability_error=0.02) for one in FULL)
    assert verdict(few, "elbow").sentence.endswith("; 3 to 5 are all stable.")


@pytest.mark.parametrize("error", [0.08, None])
def test_an_uncertain_stability_is_not_clear(error: float | None) -> None:
    found = verdict(tuple(replace(one, stability_error=error) for one in FULL), "elbow")
    assert not found.clear
    assert found.sentence == (
        "5 segments: a reasonable choice, not a clear-cut one; "
        "none is certain to be stable, 5 may be."
    )


def test_a_k_that_more_criteria_prefer_stands_against_the_choice() -> None:
    scores = {2: 0.5, 3: 0.4, 4: 0.3, 5: 0.2, 6: 0.1, 7: 0.0}
    two = tuple(
        replace(
            one,
            silhouette=scores[one.k],
            calinski_harabasz=scores[one.k],
            davies_bouldin=0.0 if one.k == 5 else 1.0,
            gap=2.0 - 0.1 * one.k,
        )
        for one in FULL
    )
    found = verdict(two, "elbow")
    assert (found.k, found.clear) == (5, False)
    assert phrases(found, 5).startswith("elbow; Davies-Bouldin prefers it (0.00)")
    assert phrases(found, 2).count("prefers it") == 3
    assert ": a reasonable choice, not a clear-cut one; " in found.sentence


def test_of_a_gap_that_goes_on_rising_it_is_said_why() -> None:
    rising = {2: 1.19, 3: 1.195, 4: 1.24, 5: 1.3, 6: 1.35, 7: 1.4}
    found = verdict(tuple(replace(one, gap=rising[one.k]) for one in FULL), "elbow")
    assert "gap statistic prefers it (the first within its error of the next); " in phrases(
        found, 2
    )


def test_figures_that_look_equal_get_more_digits() -> None:
    close = tuple(replace(one, silhouette=0.4 + 0.0001 * one.k) for one in PLAIN)
    found = verdict(close, "elbow")
    assert phrases(found, 7) == "silhouette prefers it (0.4007 against 0.4005)"


def test_a_single_candidate_is_taken_and_nothing_is_said_to_agree() -> None:
    for only in ([FULL[0]], [candidate(4, 0.0, None)]):
        found = verdict(only, "elbow")
        assert (found.k, found.clear) == (only[0].k, False)
        assert found.sentence == f"{found.k} segments, the only number that was tried."


def test_segments_that_are_points_have_no_figure() -> None:
    points = (*FULL[:-1], replace(FULL[-1], calinski_harabasz=2.3e38))
    found = verdict(points, "elbow")
    assert "Calinski-Harabasz prefers it, whose segments are points; " in phrases(found, 7)
