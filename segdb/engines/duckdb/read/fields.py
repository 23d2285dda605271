"""Fields: where the header of a table of text is, and whether a line is one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Literal

Shape = Literal["", "date", "number", "text"]
# Lines above a header that are looked at.
_MOST_TITLES = 100
_NEARLY_ALL = 0.8
_DATE = re.compile(
    r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}([ T,].*)?|\d{1,2}[ -.](?:[^\W\d]{3,9})\.?[ -,.]+\d{2,4}.*"
)
_NUMBER = re.compile(
    r"[-+(]*\s?[^\w\s]?\s?[-+]?\d[\d.,'’ \xa0\u202f]*(e[-+]?\d+)?\)?\s?[%€£$-]?", re.IGNORECASE
)
_YEAR = re.compile(r"(19|20)\d\d")
_VALUE = re.compile(r"[-+(]?\W?[\d.,:/ \-]*\d[\d.,:/ \-]*\)?|\d{4}-\d\d?-\d\d?T.*")


def shape(field: str) -> Shape:
    """Return what a field looks like."""
    text = field.strip()
    if not text:
        return ""
    if _DATE.fullmatch(text):
        return "date"
    return "number" if _NUMBER.fullmatch(text) else "text"


def header_place(records: Sequence[Sequence[str]]) -> int:
    """Return which record is the header; those before it are titles, comments or blank.

    Titles are lines of which at most half of the fields are filled, or that have fewer fields than
    the rows and a value among them, above a line that has all fields and is no row itself. Where
    that is not so, the first record that is not blank is the header.
    """
    first = next((place for place, record in enumerate(records) if _filled(record)), 0)
    width = _width(records[first:])
    if width < 2:
        return first
    for place in range(first, min(len(records) - 1, first + _MOST_TITLES)):
        record = records[place]
        if _is_title(record, width):
            continue
        if _is_comment(record) and _header_follows(records, place + 1, width):
            continue
        return place if _is_header(records, place, width) else first
    return first


def _width(records: Sequence[Sequence[str]]) -> int:
    """Return how many fields most records have, without empty ones at their end."""
    lengths = Counter(_length(record) for record in records if _filled(record))
    # Of equal counts the longer one: titles are short.
    return max(lengths, key=lambda length: (lengths[length], length), default=0)


def _length(record: Sequence[str]) -> int:
    return max((place for place, field in enumerate(record, 1) if field.strip()), default=0)


def _filled(record: Sequence[str]) -> int:
    return sum(bool(field.strip()) for field in record)


def _is_title(record: Sequence[str], width: int) -> bool:
    if _filled(record) <= width // 2 or not _filled(record):
        return True
    return _length(record) < width and any(shape(field) in ("date", "number") for field in record)


def _is_comment(record: Sequence[str]) -> bool:
    return record[0].lstrip().startswith("#")


def _header_follows(records: Sequence[Sequence[str]], start: int, width: int) -> bool:
    """Whether the next line that is no title and no comment is a header."""
    rest = (
        place
        for place in range(start, min(len(records), start + _MOST_TITLES))
        if not _is_title(records[place], width) and not _is_comment(records[place])
    )
    return _is_header(records, next(rest, len(records)), width)


def _is_header(records: Sequence[Sequence[str]], place: int, width: int) -> bool:
    if place >= len(records) or _filled(records[place]) < 2:
        return False
    record = records[place]
    names = [field.strip().lower() for field in record[:width]]
    rows = records[place + 1 : place + 1001]
    return (
        _length(record) >= width
        and names.count("") <= len(names) // 4
        and len(set(names)) >= len(names) - names.count("")
        and not looks_like_rows(record, rows)
    )


def looks_like_rows(first: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether a line is one of the rows below it: numbers and dates stand where they have them."""
    filled = [field.strip() for field in first if field.strip()]
    if all(_VALUE.fullmatch(field) for field in filled):
        return True
    evidence = []
    for place, field in enumerate(first):
        usual = _usual_shape(rows, place)
        if usual not in ("date", "number") or not field.strip():
            continue
        if shape(field) != usual:
            return False
        evidence.append(field.strip())
    return any(not _YEAR.fullmatch(field) for field in evidence) and not _counts_on(evidence)


def _usual_shape(rows: Sequence[Sequence[str]], place: int) -> Shape:
    shapes = Counter(shape(row[place]) for row in rows if place < len(row) and row[place].strip())
    if not shapes:
        return ""
    usual, count = shapes.most_common(1)[0]
    return usual if count >= _NEARLY_ALL * shapes.total() else "text"


def _counts_on(fields: Sequence[str]) -> bool:
    """Whether the fields are the numbers of columns: 1, 2, 3."""
    if not all(field.isdecimal() for field in fields):
        return False
    numbers = [int(field) for field in fields]
    return len(numbers) > 1 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def suggested_names(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return as many names as there are columns, guessed from the values of some rows."""
    names = [f"column_{place + 1}" for place in range(len(rows[0]))]
    columns = [
        [row[place].strip() for row in rows if place < len(row)] for place in range(len(names))
    ]
    shapes = [_usual_shape(rows, place) for place in range(len(names))]
    if "date" in shapes:
        names[shapes.index("date")] = "ordered_at"
    whole = [
        place
        for place, column in enumerate(columns)
        if shapes[place] == "number"
        and all(re.fullmatch(r"-?\d+", field) for field in column if field)
    ]
    money = [p for p, kind in enumerate(shapes) if kind == "number" and p not in whole]
    few = [p for p in whole if all(abs(int(field)) < 100 for field in columns[p] if field)]
    if money:
        names[money[-1]] = "amount"
    ids = [p for p, kind in enumerate(shapes) if kind == "text" and _is_id(columns[p])]
    ids = sorted({*ids, *(p for p in whole if p not in few)})
    if not money and ids and ids[-1] in whole and len(ids) > 1:
        names[ids.pop()] = "amount"
    distinct = {place: len(set(columns[place])) for place in ids}
    if ids:
        customer = min(ids, key=lambda place: (distinct[place], place))
        names[customer] = "customer_id"
        rest = [place for place in ids if place != customer]
        if rest:
            names[max(rest, key=lambda place: (distinct[place], -place))] = "order_id"
    if money and few:
        names[few[0]] = "quantity"
    open_places = [p for p, name in enumerate(names) if name == f"column_{p + 1}"]
    if "customer_id" not in names and open_places:
        names[open_places.pop(0)] = "customer_id"
    if "amount" not in names and any(p in whole for p in open_places):
        names[[p for p in open_places if p in whole][-1]] = "amount"
    return names


def _is_id(column: Sequence[str]) -> bool:
    """Whether texts look like ids: a digit or an at sign in nearly each."""
    filled = [field for field in column if field]
    like = sum(bool(re.search(r"[\d@]", field)) for field in filled)
    return bool(filled) and like >= _NEARLY_ALL * len(filled)
