"""Numbers: from the shapes of a column's values to the decimal mark they were written with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from segdb.formats.digits import FOREIGN_MARKS
from segdb.inspect.value_patterns import Shape
from segdb.source_schema import Decimal

_SPACES = " \u00a0\u202f\u2009\u2007"
_GROUPS = f"{_SPACES}'’"
_AROUND = r"(?:A{0,2}[^\w\s.,'’()%-]|A{3}|[Aa]{2}\.?)?"
_NUMBER = re.compile(
    rf"[-+−–(]?\s?{_AROUND}\s?[-+−–(]?\s?"
    rf"(?P<digits>[.,]?9[9.,{_GROUPS}]*?(?:[eE][-+]?9+|[aA][-+]9+)?)"
    rf"\)?\s?(?:{_AROUND}|%)[-−)]?"
)


def _grouped(mark: str, other: str) -> re.Pattern[str]:
    groups = "|".join(
        rf"9{{1,3}}(?:{g}9{{3}})+|99?(?:{g}99)+{g}9{{3}}"
        for g in (f"[{_SPACES}]", "['’]", f"[{other}]")
    )
    return re.compile(rf"(?:{groups}|9*)(?:[{mark}]9*)?")


_READS: dict[Decimal, re.Pattern[str]] = {".": _grouped(".", ","), ",": _grouped(",", ".")}


@dataclass(frozen=True)
class Marks:
    """What the shapes say of a column of numbers.

    Attributes:
        share: of the values that look like numbers.
        point: values that only the decimal point reads.
        comma: values that only the decimal comma reads.
        either: a value that both read, and differently, such as ``1,234``.
        likely: of such values, the mark that goes with how the others are grouped.
        percent: an example with a percent sign; None where there is none.
    """

    share: float
    point: int
    comma: int
    either: str | None
    likely: Decimal | None
    percent: str | None = None


def marks(shapes: Sequence[Shape]) -> Marks:
    """Return how the numbers of a column are written, by the shapes of its values."""
    total = sum(shape.count for shape in shapes)
    fitting = point = comma = 0
    either: list[Shape] = []
    whole: list[int] = []
    percent = None
    for shape in shapes:
        match = _NUMBER.fullmatch(shape.text)
        if match is None:
            continue
        fitting += shape.count
        percent = shape.example if "%" in shape.text else percent
        digits = re.sub(r"[aAeE].*", "", match["digits"])
        reads = [mark for mark, pattern in _READS.items() if pattern.fullmatch(digits)]
        if shape.foreign and any(mark in FOREIGN_MARKS for mark in shape.example):
            point += shape.count  # the Arabic marks have one meaning each
        elif len(reads) == 1:
            point += shape.count * (reads[0] == ".")
            comma += shape.count * (reads[0] == ",")
        elif reads and re.search("[.,]", digits):
            either.append(shape)
        elif reads:
            whole.append(len(digits))
    example = either[0].example if either else None
    share = fitting / max(total, 1)
    return Marks(share, point, comma, example, _likely(either, whole), percent)


def _likely(either: Sequence[Shape], whole: Sequence[int]) -> Decimal | None:
    """Take 1,234 beside 999 for grouped digits, and beside 12345 for a decimal comma."""
    used = {mark for shape in either for mark in ".," if mark in shape.text}
    if len(used) != 1 or not whole:
        return None
    mark = used.pop()
    if max(whole) > 3:
        return "." if mark == "." else ","
    return "," if mark == "." else "."
