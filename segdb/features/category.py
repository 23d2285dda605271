"""Category: the names of 0/1 features, readable and columns that need no quotes."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

# A longer value is a sentence; the name of a column is not.
_LONGEST = 40
# Signs that make another value of what stands beside them: 65 is not 65+.
_SIGNS = {
    "<=": "up to",
    ">=": "from",
    "≤": "up to",
    "≥": "from",
    "<": "under",
    ">": "over",
    "+": "plus",
    "%": "percent",
    "&": "and",
}


def category_names(column: str, values: Sequence[str]) -> list[str]:
    """Return a name for each value of a categorical column: "Education_PhD", "age_65_plus".

    Letters of every script stay. Where two values would have one name, or one has none, their
    signs are spelled out as Unicode calls them; values that differ in case alone share a name.

    Args:
        column: the column's name.
        values: its values.
    """
    plain = [_words(value) for value in values]
    often = Counter(name.lower() for name in plain)
    named = [
        name if name and often[name.lower()] == 1 else _spelled(value) or "blank"
        for name, value in zip(plain, values, strict=True)
    ]
    before = _words(column) or _spelled(column) or "blank"
    return [f"{_shortened(before)}_{_shortened(name)}" for name in named]


def _words(text: str) -> str:
    text = unicodedata.normalize("NFKC", text)
    for sign, word in _SIGNS.items():
        text = text.replace(sign, f" {word} ")
    text = re.sub(r"^\s*[-−](?=\.?\d)", "minus ", text)
    return _joined(text)


def _spelled(text: str) -> str:
    named = (
        one if _of_a_word(one) or one.isspace() else f" {unicodedata.name(one, 'sign').lower()} "
        for one in unicodedata.normalize("NFKC", text)
    )
    return _joined("".join(named))


def _joined(text: str) -> str:
    return "_".join("".join(one if _of_a_word(one) else " " for one in text).split())


def _of_a_word(character: str) -> bool:
    # Many scripts write vowels as marks.
    return character.isalnum() or unicodedata.category(character).startswith("M")


def _shortened(name: str) -> str:
    if len(name) <= _LONGEST:
        return name
    return name[: _LONGEST + 1].rpartition("_")[0] or name[:_LONGEST]
