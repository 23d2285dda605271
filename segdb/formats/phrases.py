"""Phrases: how a verdict is written as one sentence, and taken apart again for a list."""

from __future__ import annotations

from collections.abc import Iterable

_BETWEEN = "; "


def sentence(phrases: Iterable[str]) -> str:
    """Return phrases as one sentence."""
    return f"{capitalized(_BETWEEN.join(phrases))}."


def phrases_of(text: str) -> tuple[str, ...]:
    """Return the phrases of a sentence, each as the start of one."""
    return tuple(capitalized(part) for part in text.rstrip(".").split(_BETWEEN) if part)


def capitalized(text: str) -> str:
    """Return a text with a capital at its start, the rest as it is."""
    return text[:1].upper() + text[1:]
