"""Header: the names of the columns of a text file or sheet."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from segdb.errors import SourceError

_VALUE = re.compile(r"[-+(]?\W?[\d.,:/ \-]*\d[\d.,:/ \-]*\)?|\d{4}-\d\d?-\d\d?T.*")


def unique(names: Sequence[str], origin: str) -> tuple[str, ...]:
    """Return names that differ, also in lower case: ``a, a_2, a_3``; an empty one by its place.

    Raises:
        SourceError: all names look like values, so that the header seems to be missing.
    """
    shown = [name.strip() for name in names]
    if all(_VALUE.fullmatch(name) or not name for name in shown):
        raise SourceError(
            f"{origin} seems to have no header: its first line is {', '.join(shown[:5])}. Put a "
            "line of column names on top, or name the columns with a SELECT, such as "
            f"FROM read_csv('{origin}', header = false, names = ['customer_id', 'ordered_at', "
            "'amount'])."
        )
    written = {name.lower() for name in shown}
    taken: set[str] = set()
    result = []
    for position, name in enumerate(shown, 1):
        base = name or f"column_{position}"
        others = (f"{base}_{copy}" for copy in itertools.count(2))
        free = (new for new in others if new.lower() not in taken | written)
        result.append(base if base.lower() not in taken else next(free))
        taken.add(result[-1].lower())
    return tuple(result)
