"""Dates: from the shape of a value to the formats that could read it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from segdb.inspect.shapes import Shape

# What is written first decides between readings: of 03/04/2026, day or month.
DAY_FIRST, MONTH_FIRST, YEAR_FIRST, SHORT_YEAR_FIRST, NAMED, COMPACT = (
    "day first",
    "month first",
    "year first",
    "short year first",
    "named month",
    "compact",
)
# No other family reads a value of these in another way.
CLEAR = (YEAR_FIRST, NAMED, COMPACT)
_SEPARATOR = r"(?P<s>[-/. ])"
_MONTH = "(?P<m>[Aa]{3,9})"
_DATES: tuple[tuple[str, str, str], ...] = (
    (YEAR_FIRST, rf"9999{_SEPARATOR}99?(?P=s)99?", "%Y{s}%m{s}%d"),
    (DAY_FIRST, rf"99?{_SEPARATOR}99?(?P=s)9999", "%d{s}%m{s}%Y"),
    (MONTH_FIRST, rf"99?{_SEPARATOR}99?(?P=s)9999", "%m{s}%d{s}%Y"),
    (DAY_FIRST, rf"99?{_SEPARATOR}99?(?P=s)99", "%d{s}%m{s}%y"),
    (MONTH_FIRST, rf"99?{_SEPARATOR}99?(?P=s)99", "%m{s}%d{s}%y"),
    (SHORT_YEAR_FIRST, rf"99{_SEPARATOR}99?(?P=s)99?", "%y{s}%m{s}%d"),
    (NAMED, rf"99?(?P<s>[-/. ]?){_MONTH}\.?(?P=s)9999", "%d{s}{m}{s}%Y"),
    (NAMED, rf"99?(?P<s>[-/. ]?){_MONTH}\.?(?P=s)99", "%d{s}{m}{s}%y"),
    (NAMED, rf"9999{_SEPARATOR}{_MONTH}(?P=s)99?", "%Y{s}{m}{s}%d"),
    (NAMED, rf"{_MONTH}(?P<s>[-/. ])99?(?P<comma>,?)[-/. ]9999", "{m}{s}%d{comma}{s}%Y"),
    (COMPACT, "9{8}", "%Y%m%d"),
)
_TIME = re.compile(
    r"(?P<gap>A|,? )99?:99(?P<second>:99)?(?P<part>[.,]9+)?(?P<space> ?)(?P<half>AA|aa)?"
    r"(?P<zone> ?(?:Z|A|AAA|[+-]99(?::?99)?))?"
)
# As the engine's own cast reads it; the T between date and time is a letter as any other.
_ISO = re.compile(
    r"9999([-/])99?\1(?:99?)(?:[A ]99?:99(?::99(?:\.9+)?)?(?: ?A| AAA|[+-]99(?::?99)?)?)?"
)


def families(shapes: Sequence[Shape]) -> dict[str, tuple[str, ...]]:
    """Return the ways to read values of these shapes: family = strptime formats.

    No format at all means ISO 8601. A family is there if it could read half of the values.
    """
    weights: dict[str, Counter[str]] = {}
    fitting: Counter[str] = Counter()
    iso = total = 0
    for shape in shapes:
        total += shape.count
        ways = formats_of(shape)
        if _ISO.fullmatch(shape.text):
            iso += shape.count
            ways.setdefault(YEAR_FIRST, ())
        for family, formats in ways.items():
            fitting[family] += shape.count
            weights.setdefault(family, Counter()).update(dict.fromkeys(formats, shape.count))
    found = {
        family: _with_times(form for form, _ in weights[family].most_common())
        for family, count in fitting.items()
        if 2 * count >= total
    }
    if YEAR_FIRST in found and iso == fitting[YEAR_FIRST]:
        found[YEAR_FIRST] = ()
    return found


def formats_of(shape: Shape) -> dict[str, tuple[str, ...]]:
    """Return the formats that could read values of one shape, by family."""
    found: dict[str, tuple[str, ...]] = {}
    for family, pattern, template in _DATES:
        match = re.match(pattern, shape.text)
        time = _time_format(shape.text[match.end() :]) if match else None
        if match is None or time is None:
            continue
        parts = match.groupdict("")
        months = ("%b", "%B") if "m" in parts else ("",)
        forms = (template.format(**{**parts, "m": month}) + time for month in months)
        found[family] = (*found.get(family, ()), *forms)
    return found


def told(formats: Iterable[str]) -> str:
    """Return the first format in words, such as ``dd/mm/yyyy hh:mm``."""
    first = next(iter(formats), None)
    if first is None:
        return "ISO 8601"
    words = {
        "%d": "dd", "%m": "mm", "%Y": "yyyy", "%y": "yy", "%b": "mon", "%B": "month",
        "%H": "hh", "%I": "hh", "%M": "mm", "%S": "ss", "%f": "f", "%p": "am/pm", "%z": "zone",
    }  # fmt: skip
    return re.sub(r"%[a-zA-Z]", lambda found: words.get(found[0], found[0]), first)


def with_times(form: str) -> tuple[str, ...]:
    """Return a format and, if it has no time of day, the same with the usual ones behind it."""
    return _with_times([form])


def _time_format(rest: str) -> str | None:
    if not rest:
        return ""
    match = _TIME.fullmatch(rest)
    if match is None or match["zone"]:
        return None
    hour = "%I" if match["half"] else "%H"
    second = ":%S" if match["second"] else ""
    part = match["part"][0] + "%f" if match["part"] else ""
    half = match["space"] + "%p" if match["half"] else ""
    gap = match["gap"].replace("A", "T")
    return f"{gap}{hour}:%M{second}{part}{half}"


def _with_times(formats: Iterable[str]) -> tuple[str, ...]:
    given = list(formats)
    dates = dict.fromkeys(re.split(r"(?:,? |T)%[HI]", form)[0] for form in given)
    usual = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f")
    return tuple(dict.fromkeys([*given, *(date + time for date in dates for time in usual)]))
