"""Header: the names of the columns of a text file or sheet."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from segdb.config.source_section import FileOptions
from segdb.engines.duckdb.read.fields import looks_like_rows, suggested_names
from segdb.errors import SourceError

# Marks that are not seen, and blanks that look like one.
_UNSEEN = re.compile("[\ufeff\u200b-\u200f\u2060\0]")
_BLANK = re.compile("[\xa0\u2000-\u200a\u202f\u205f\u3000]")


def unique(names: Sequence[str]) -> tuple[str, ...]:
    """Return names that differ, also in lower case: ``a, a_2, a_3``; an empty one by its place."""
    shown = [_BLANK.sub(" ", _UNSEEN.sub("", name)).strip() for name in names]
    written = {name.lower() for name in shown}
    used: set[str] = set()
    result = []
    for position, name in enumerate(shown, 1):
        base = name or f"column_{position}"
        others = (f"{base}_{copy}" for copy in itertools.count(2))
        free = (new for new in others if new.lower() not in used | written)
        result.append(base if base.lower() not in used else next(free))
        used.add(result[-1].lower())
    return tuple(result)


def column_names(
    first: Sequence[str], rows: Sequence[Sequence[str]], origin: str, options: FileOptions
) -> tuple[tuple[str, ...], bool]:
    """Return the names of the columns, and whether the first line is a header.

    Args:
        first: the fields of the first line.
        rows: those of some lines below it.
        origin: what to call the file.
        options: what the settings say of headers and names.

    Raises:
        SourceError: the line looks like the rows below it and the settings do not say what it is,
            or they name more or fewer columns than there are.
    """
    header = options.header
    if header is None:
        header = not looks_like_rows(first, rows)
    if options.names is None:
        if not header:
            raise _without_header([first, *rows], origin, options)
        return unique(first), True
    if len(options.names) != len(first):
        raise SourceError(
            f"{origin} has {len(first)} columns and [source] names has {len(options.names)}. Its "
            f"first line is {_shown(first)}. {_advice([first, *rows], options)}"
        )
    return unique(options.names), header


def _without_header(
    rows: Sequence[Sequence[str]], origin: str, options: FileOptions
) -> SourceError:
    is_set = options.header is False
    why = "has no header and its columns no names" if is_set else "seems to have no header"
    other = "" if is_set else f" If that line is the header: {options.line('header', value=True)}."
    advice = _advice(rows, options, header=not is_set)
    return SourceError(f"{origin} {why}: its first line is {_shown(rows[0])}. {advice}{other}")


def _advice(rows: Sequence[Sequence[str]], options: FileOptions, *, header: bool = False) -> str:
    names = options.line("names", suggested_names(rows))
    if not header:
        return f"Write into the settings, with the right names: {names}."
    return (
        f"Write into the settings, with the right names: {options.line('header', value=False)} and "
        f"{names.removeprefix('[source] ')}."
    )


def _shown(fields: Sequence[str]) -> str:
    return ", ".join(field.strip()[:40] for field in fields[:8]) + (", …" if fields[8:] else "")
