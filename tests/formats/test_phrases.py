"""Phrases: a sentence of them is taken apart into the same."""

from __future__ import annotations

import pytest

from segdb.formats.phrases import phrases_of, sentence


def test_a_sentence_is_taken_apart_as_it_was_joined() -> None:
    phrases = ("elbow at 5", "Davies-Bouldin agrees", "stable (≥ 0.8) at 5, at 0.5 and on")
    words = sentence(phrases)
    assert words == "Elbow at 5; Davies-Bouldin agrees; stable (≥ 0.8) at 5, at 0.5 and on."
    assert phrases_of(words) == ("Elbow at 5", phrases[1], "Stable (≥ 0.8) at 5, at 0.5 and on")


@pytest.mark.parametrize("text", ["", "."])
def test_no_sentence_has_no_phrases(text: str) -> None:
    assert phrases_of(text) == ()
