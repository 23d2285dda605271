"""Gates: which failed, and by how much."""

from __future__ import annotations

from typing import Any

import pytest

from segdb.errors import GateError
from segdb.sections import Gates
from segdb.steps.fit import Fitted
from segdb.steps.gates import check


def fitted(**figures: Any) -> Fitted:
    values: dict[str, Any] = dict.fromkeys(Fitted.__dataclass_fields__)
    return Fitted(
        **{**values, "silhouette": 0.4, "stability": 0.9, "smallest_share": 0.1, **figures}
    )


def test_open_gates_let_everything_through() -> None:
    check(Gates(), fitted(silhouette=-1.0, stability=None), 1.0)


@pytest.mark.parametrize(
    ("gates", "told"),
    [
        ({"min_silhouette": 0.5}, "min_silhouette = 0.5, and it is 0.4000: 0.1000 short"),
        ({"min_stability": 0.95}, "min_stability = 0.95, and it is 0.9000: 0.0500 short"),
        ({"min_segment_share": 0.2}, "min_segment_share = 0.2, and it is 0.1000: 0.1000 short"),
        ({"max_rejected_share": 0.01}, "max_rejected_share = 0.01, and it is 0.0300: 0.0200 over"),
    ],
)
def test_a_gate_says_by_how_much_it_was_missed(gates: dict[str, float], told: str) -> None:
    with pytest.raises(GateError, match="Nothing was published") as error:
        check(Gates(**gates), fitted(), 0.03)
    assert told in str(error.value)


def test_a_figure_on_the_gate_passes() -> None:
    check(Gates(min_silhouette=0.4, max_rejected_share=0.03), fitted(), 0.03)


def test_a_figure_that_is_not_defined_fails() -> None:
    with pytest.raises(GateError, match="not defined"):
        check(Gates(min_silhouette=0.1), fitted(silhouette=None), 0.0)
