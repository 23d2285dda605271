"""Explanations of an assignment, against a search of every value."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from segdb.features.catalogue import Catalogue, Entry
from segdb.model import Components, Model, Parameters, Segment
from segdb.steps.use.explain_assignment import changes, decisions

NAMES = ("a", "b", "c")
LIMITS = dict.fromkeys(NAMES, (-1e6, 1e6))


def model(
    centroids: Sequence[tuple[float, ...]],
    components: Components | None = None,
    upper: float | None = None,
) -> Model:
    return Model(
        Catalogue(tuple(Entry(name, "attribute", column=name) for name in NAMES)),
        tuple(
            Parameters(name, place, None, 0.0, None, upper, "none", 10.0 * place, 2.0)
            for place, name in enumerate(NAMES)
        ),
        tuple(Segment(i + 1, f"S{i}", c) for i, c in enumerate(centroids)),
        {},
        components,
    )


def nearest(made: Model, scaled: np.ndarray) -> int:
    centroids = np.array([made.scaled(segment.centroid) for segment in made.segments])
    return int(((scaled - centroids) ** 2).sum(axis=1).argmin())


@pytest.mark.parametrize("seed", range(8))
def test_a_change_is_the_smallest(seed: int) -> None:
    random = np.random.default_rng(seed)
    made = model([tuple(row) for row in random.normal(size=(4, 3)).tolist()])
    scaled = random.normal(size=3)
    own = nearest(made, scaled)
    wanted = [place for place in range(4) if place != own]
    found = {one.feature: one for one in changes(made, scaled.tolist(), wanted, LIMITS)}
    for position, name in enumerate(NAMES):
        reached = math.inf
        for shift in np.arange(-12, 12, 0.002):
            moved = scaled.copy()
            moved[position] += shift
            if nearest(made, moved) != own:
                reached = min(reached, abs(shift))
        assert (name in found) == (reached < math.inf)
        if name in found:
            change = found[name]
            assert abs(change.shift) == pytest.approx(reached, abs=0.0021)
            moved = scaled.copy()
            moved[position] = (change.value - 10.0 * position) / 2.0
            assert nearest(made, moved) == change.place


def test_decisions_sum_to_the_difference() -> None:
    made = model([(0.0, 0.0, 0.0), (1.0, 2.0, -1.0)])
    scaled = [0.2, -0.4, 0.1]
    parts = decisions(made, scaled, 0, 1)
    near, far = (
        sum((x - c) ** 2 for x, c in zip(scaled, segment.centroid, strict=True))
        for segment in made.segments
    )
    assert sum(part.speaks for part in parts) == pytest.approx(far - near)
    assert [part.feature for part in parts] == ["b", "c", "a"]


def test_with_components_the_difference_is_theirs() -> None:
    turned = np.linalg.qr(np.random.default_rng(3).normal(size=(3, 3)))[0][:2]
    components = Components((0.1, -0.2, 0.3), tuple(tuple(row) for row in turned.tolist()))
    made = model([(0.0, 0.0), (1.5, -0.5)], components)
    scaled = [0.4, 0.9, -0.7]
    place = components.coordinates(scaled)
    near, far = (
        sum((x - c) ** 2 for x, c in zip(place, segment.centroid, strict=True))
        for segment in made.segments
    )
    total = sum(part.speaks for part in decisions(made, scaled, 0, 1))
    assert total == pytest.approx(far - near)


def test_what_is_out_of_reach_is_no_change() -> None:
    far = [(0.0, 0.0, 0.0), (4.0, 0.0, 0.0)]
    scaled = [0.0, 0.0, 0.0]
    assert [one.feature for one in changes(model(far), scaled, [1], LIMITS)] == ["a"]
    # Capped at 3, which is 1.5 in scaled units: the border at 2 is never reached.
    assert not changes(model(far, upper=3.0), scaled, [1], LIMITS)
    assert not changes(model(far), scaled, [1], {"a": (0.0, 3.0)})
    assert not changes(model(far), scaled, [1], {"b": (-1e6, 1e6)})
    (whole,) = changes(model(far), scaled, [1], LIMITS, {"a"})
    assert whole.value == 5.0


def test_equal_centroids_are_no_way_up() -> None:
    same = [(0.0, 0.0, 0.0), (0.0, 0.0, 0.0), (9.0, 9.0, 9.0)]
    assert not changes(model(same), [0.1, 0.1, 0.1], [1], LIMITS)
