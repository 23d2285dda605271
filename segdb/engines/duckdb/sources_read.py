"""Sources read: which files SQL reads."""

from __future__ import annotations

import re
from typing import Literal

# The tokens of DuckDB's SQL as far as names of files are among them. A parser would say the same
# and takes longer to load than a query to be answered; the sum of a hundred features is deeper
# than its stack.
_TOKEN = re.compile(
    r"""
    (?P<blank>\s+|--[^\n]*|/\*.*?(?:\*/|\Z))
    |(?P<escaped>[eE]'(?:[^'\\]|''|\\.)*')
    |'(?P<string>(?:[^']|'')*)'
    |"(?P<identifier>(?:[^"]|"")*)"
    |\$(?P<tag>\w*)\$(?P<dollar>.*?)\$(?P=tag)\$
    |(?P<word>\w+)
    |(?P<mark>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_FROM = {"from", "join"}
# What stands in a bracket: a reader's first argument, a list in it, or something else.
_Place = Literal["argument", "list", "other"]


def files_read(sql: str) -> list[str]:
    """Return the names that SQL gives to its readers of files, each once.

    They are the first argument of a function called ``read_…`` or ``…_scan``, alone or in a list,
    and what follows FROM and JOIN in quotes. Other literals of the SQL are none, whatever they
    name.
    """
    names: dict[str, None] = {}
    places: list[_Place] = []  # of each open bracket
    word = ""  # what stands before, in lower case
    for token in _TOKEN.finditer(sql):
        kind, before, inside = token.lastgroup, word, places[-1] if places else "other"
        if kind == "blank":
            continue
        text = _unquoted(token)
        word = text.lower() if kind in ("word", "identifier") else ""
        if kind == "mark" and text in "([{":
            places.append(_place(text, before, inside))
        elif kind == "mark" and text in ")]}":
            places = places[:-1]
        elif kind == "mark" and text == "," and inside == "argument":
            places[-1] = "other"
        elif (kind in ("string", "escaped", "dollar") and inside != "other") or (
            kind in ("string", "escaped", "dollar", "identifier") and before in _FROM
        ):
            names[text] = None
    return list(names)


def _unquoted(token: re.Match[str]) -> str:
    kind = token.lastgroup or ""
    if kind == "escaped":
        return re.sub(r"\\(.)", r"\1", token[kind][2:-1].replace("''", "'"), flags=re.DOTALL)
    mark = {"string": "'", "identifier": '"'}.get(kind)
    return token[kind].replace(mark * 2, mark) if mark else token[kind]


def _place(bracket: str, name: str, inside: _Place) -> _Place:
    """Return what stands in a bracket, by the name before it and where that stands."""
    call = bracket == "("
    if call and (name.startswith("read_") or name.endswith("_scan")):
        return "argument"
    lists = bracket == "[" or (call and name == "list_value")
    return "list" if lists and inside != "other" else "other"
