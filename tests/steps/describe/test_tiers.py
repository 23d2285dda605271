"""Tiers go by what customers bring, and by nothing else."""

from __future__ import annotations

import pytest

from segdb.steps.describe.tiers import tier


@pytest.mark.parametrize(
    ("value", "of_all", "seldom", "word"),
    [
        (150.0, 100.0, True, "premium"),
        (149.0, 100.0, True, "regular"),
        (34.0, 100.0, True, "regular"),
        (33.0, 100.0, True, "low engagement"),
        (33.0, 100.0, False, "regular"),
        (-5.0, 100.0, True, "low engagement"),
        (None, 100.0, True, None),
        (5.0, None, True, None),
        (5.0, 0.0, True, None),
        (5.0, -3.0, True, None),
    ],
)
def test_tier(value: float | None, of_all: float | None, seldom: bool, word: str | None) -> None:
    assert tier(value, of_all, seldom=seldom) == word
