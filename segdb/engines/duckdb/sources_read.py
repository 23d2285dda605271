"""Sources read: which files SQL reads."""

from __future__ import annotations

from typing import Literal

import sqlglot
from sqlglot import TokenType

_FROM = {TokenType.FROM, TokenType.JOIN}
_OPEN = {TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE}
_CLOSE = {TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE}
_QUOTED = {TokenType.STRING, TokenType.IDENTIFIER}
# What stands in a bracket: a reader's first argument, a list in it, or something else.
_Place = Literal["argument", "list", "other"]


def files_read(sql: str) -> list[str]:
    """Return the names that SQL gives to its readers of files, each once.

    They are the first argument of a function called ``read_…`` or ``…_scan``, alone or in a list,
    and what follows FROM and JOIN in quotes. Other literals of the SQL are none, whatever they
    name.
    """
    names: dict[str, None] = {}
    # Of each open bracket. Tokens, not a tree: the sum of a hundred features is deeper than
    # Python's stack.
    places: list[_Place] = []
    kind, text = TokenType.SEMICOLON, ""
    for token in sqlglot.tokenize(sql, read="duckdb"):
        before, name, kind, text = kind, text.lower(), token.token_type, token.text
        inside = places[-1] if places else "other"
        if kind in _OPEN:
            places.append(_place(kind, name, inside))
        elif kind in _CLOSE and places:
            places.pop()
        elif kind == TokenType.COMMA and inside == "argument":
            places[-1] = "other"
        elif (kind == TokenType.STRING and inside != "other") or (
            kind in _QUOTED and before in _FROM
        ):
            names[token.text] = None
    return list(names)


def _place(bracket: TokenType, name: str, inside: _Place) -> _Place:
    """Return what stands in a bracket, by the name before it and where that stands."""
    call = bracket == TokenType.L_PAREN
    if call and (name.startswith("read_") or name.endswith("_scan")):
        return "argument"
    lists = bracket == TokenType.L_BRACKET or (call and name == "list_value")
    return "list" if lists and inside != "other" else "other"
