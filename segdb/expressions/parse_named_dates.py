"""Parse named dates: "Fri, 5 January 2024, 3:04 pm", "5. März 2024", in eleven languages.

One pattern for each order of the parts makes "5 mar 2024 15:04" of a text, which strptime reads.
The engine and Python take the same patterns.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from segdb.formats.calendar_words import BEFORE_TIME, BETWEEN, MONTHS, WEEKDAYS


def _any_of(words: Sequence[str]) -> str:
    """Return a pattern of any of the words, the longest first."""
    return f"(?:{'|'.join(sorted(words, key=len, reverse=True))})"


_MONTH = f"({'|'.join(words[0] for words in MONTHS)})"
_BEGIN = rf"^\s*(?:{_any_of(WEEKDAYS)}\b\.?,? ?)?(?:den )?"
_GAP = rf"[-/., ]{{0,2}}(?:{_any_of(BETWEEN)} )?"
_DAY = r"(\d{1,2})(?:st|nd|rd|th|er|[ºª°])?"
_TIME = r"(\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)"
_OFFSET = r"([-+]\d{2}:?(?:\d{2})?)?(?: \([^)]*\))?"
_CLOCK = (
    rf"(?:(?:,? |t|,? {_any_of(BEFORE_TIME)}\.? ){_TIME}(?: ?([ap])\.?m\.?)?"
    rf" ?(?:z|utc|gmt|ut)?{_OFFSET})?\s*$"
)
# Each order of the parts, and what is made of it; an m stands behind every time.
_ORDERS = (
    (rf"{_BEGIN}{_DAY}{_GAP}{_MONTH}{_GAP}(\d{{4}}){_CLOCK}", r"\1 \2 \3 \4 \5m"),
    (rf"{_BEGIN}{_DAY}{_GAP}{_MONTH}{_GAP}(\d{{2}}){_CLOCK}", r"\1 \2 '\3 \4 \5m"),
    (rf"{_BEGIN}{_MONTH}[-/., ]{{1,2}}{_DAY}[-/., ]{{1,2}}(\d{{4}}){_CLOCK}", r"\2 \1 \3 \4 \5m"),
    (rf"{_BEGIN}(\d{{4}})[-/. ]{_MONTH}[-/. ]{_DAY}{_CLOCK}", r"\3 \2 \1 \4 \5m"),
    (rf"{_BEGIN}{_MONTH} {{1,2}}{_DAY} {_TIME} (?:utc |gmt )?(\d{{4}})\s*$", r"\2 \1 \4 \3 m"),
)
_TIMES = (" m", " %H:%M:%S m", " %H:%M m", " %H:%M:%S.%f m", " %I:%M %p", " %I:%M:%S %p")
_FORMATS = [f"%d %b {year}{time}" for year in ("%Y", "'%y") for time in _TIMES]
_WORDS = tuple((rf"(^|[^a-z]){_any_of(words)}($|[^a-z])", words[0]) for words in MONTHS)
_WITH_OFFSET = rf"\d:\d{{2}}.*?{_OFFSET}\s*$"
_INSTANT = r"\d:\d{2}.*(?:z|utc|gmt|ut|[-+]\d{2}:?(?:\d{2})?)(?: \([^)]*\))?\s*$"


def is_named(value: str) -> bool:
    """Whether a text is a date whose month is a word, as the patterns have it."""
    text = _folded(value)
    for pattern, month in _WORDS:
        text = re.sub(pattern, rf"\1{month}\2", text)
    return any(re.search(pattern, text) for pattern, _ in _ORDERS)


def canonical(text: ir.StringValue) -> ir.StringValue:
    """Return texts as ``FORMATS`` have them; what is no such date stays something else."""
    plain = _strip_accents(text.lower())
    for pattern, month in _WORDS:
        plain = plain.re_replace(pattern, rf"\1{month}\2")
    for pattern, order in _ORDERS:
        plain = plain.re_replace(pattern, order)
    return plain


def instants(text: ir.StringValue) -> tuple[ir.BooleanValue, ir.StringValue]:
    """Return which texts name a zone, and their offsets from UTC as strptime's %z reads them."""
    lower = text.lower()
    offset = lower.re_extract(_WITH_OFFSET, 1)
    return lower.re_search(_INSTANT), ibis.ifelse(offset == "", "+00", offset)


FORMATS: tuple[str, ...] = tuple(_FORMATS)


def _folded(value: str) -> str:
    decomposed = unicodedata.normalize("NFD", value.lower())
    return "".join(mark for mark in decomposed if not unicodedata.combining(mark))


@ibis.udf.scalar.builtin(name="strip_accents", signature=(("string",), "string"))
def _strip_accents(_text): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
