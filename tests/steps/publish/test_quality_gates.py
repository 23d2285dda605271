"""Gates: which failed, and by how much."""

from __future__ import annotations

from typing import Any

import pytest

import segdb
from segdb.config.sections import Gates
from segdb.errors import GateError
from segdb.steps.publish.quality_gates import check
from segdb.steps.segment.fit import Fitted
from tests.steps import shops


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


def test_a_run_that_fails_a_gate_leaves_the_last_one() -> None:
    with shops.opened() as connection:
        settings = shops.settings("orders")
        segdb.run("shop", database=connection, settings=settings)
        asked = "SELECT * FROM segdb.segments ORDER BY customer_id"
        before = connection.execute(asked).fetchall()
        gates = {"min_silhouette": 0.99, "min_segment_share": 0.01}
        stricter = {**settings, "cluster": {"k": 4, "n_init": 1}, "gates": gates}
        with pytest.raises(GateError) as error:
            segdb.run("shop", database=connection, settings=stricter)
        assert "min_silhouette = 0.99, and it is 0." in str(error.value)
        assert "min_segment_share" not in str(error.value)
        assert connection.execute(asked).fetchall() == before
        assert connection.execute("SELECT count(*) FROM segdb.runs").fetchall() == [(1,)]
