"""Names on the maps keep out of each other's way."""

from __future__ import annotations

from typing import Any

import pytest

from segdb.charts.cells import _apart


def centre(segment_id: int, x: float, y: float, axes: str = "one") -> dict[str, Any]:
    return {"axes": axes, "segment_id": segment_id, "segment": f"Name {segment_id}", "x": x, "y": y}


@pytest.mark.parametrize("scale", ["linear", "sqrt"])
def test_names_at_the_same_place_stand_one_above_the_other(scale: str) -> None:
    found = _apart([centre(1, 0, 0), centre(2, 100, 100), centre(3, 100, 100)], [], scale)
    assert [row["dy"] for row in found] == [-15, -15, 19]


def test_names_that_are_apart_stand_above_their_centres() -> None:
    corners = [centre(i, x, y) for i, (x, y) in enumerate(((0, 0), (0, 9), (9, 0), (9, 9)))]
    assert {row["dy"] for row in _apart(corners, [], "linear")} == {-15}


def test_on_a_phone_names_that_a_page_has_room_for_make_way() -> None:
    first, second, _ = _apart([centre(1, 0, 5), centre(2, 1, 5), centre(3, 9, 0)], [], "linear")
    assert (first["dy"], second["dy"]) == (-15, -15)
    assert (first["dy_narrow"], second["dy_narrow"]) == (-15, 19)


def test_the_map_is_as_wide_as_its_cells() -> None:
    centres = [centre(1, 0, 5), centre(2, 4, 5)]
    assert [row["dy"] for row in _apart(centres, [], "linear")] == [-15, -15]
    far = [{"axes": "one", "x": 100, "y": 9}, {"axes": "other", "x": 1e9, "y": 9}]
    assert [row["dy"] for row in _apart(centres, far, "linear")] == [-15, 19]


def test_maps_do_not_mind_each_other() -> None:
    found = _apart([centre(1, 1, 1), centre(1, 1, 1, axes="other")], [], "linear")
    assert [row["dy"] for row in found] == [-15, -15]
