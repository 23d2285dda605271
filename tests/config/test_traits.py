"""Traits: texts in, comparisons out, or what is wrong with them."""

from __future__ import annotations

import pytest

from segdb.config.traits import Comparison, names_of, trait_of


def test_a_trait_is_all_of_its_texts_and_a_text_any_of_its_alternatives() -> None:
    assert trait_of(["recency_days <= 30 or recency_days <= 1.5 gap", "monetary > 1 median"]) == (
        (
            Comparison("recency_days", "<=", 30.0),
            Comparison("recency_days", "<=", 1.5, "gap"),
        ),
        (Comparison("monetary", ">", 1.0, "median"),),
    )
    assert trait_of("frequency >= 4") == ((Comparison("frequency", ">=", 4.0),),)


@pytest.mark.parametrize(
    "text",
    ["", "frequency", "frequency = 4", "frequency >= many", "4 <= frequency", "a >= 1 mean",
     "frequency >= 4; DROP TABLE x", "frequency >= 4 or", "a b > 1"],
)  # fmt: skip
def test_what_is_no_comparison_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no comparison such as"):
        trait_of([text])


def test_a_claim_names_traits_that_exist() -> None:
    traits = {"often": trait_of("frequency >= 4")}
    assert names_of(["often"], traits, "Loyal") == ("often",)
    assert names_of([], traits, "Loyal") == ()
    with pytest.raises(ValueError, match=r"Loyal asks for 'oftn'.* Did you mean 'often'"):
        names_of(["oftn"], traits, "Loyal")
    for wrong in ("often", {"often": 1}, [1]):
        with pytest.raises(ValueError, match="takes a list of traits"):
            names_of(wrong, traits, "Loyal")
