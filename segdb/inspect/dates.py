"""Dates: from the shape of a value to the formats that could read it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from segdb.expressions.parse_named_dates import is_named
from segdb.formats.digits import to_ascii
from segdb.inspect.value_patterns import Shape, shape_of
from segdb.source_schema import COUNTS, KEYWORDS

# What is written first decides between readings: of 03/04/2026, day or month.
DAY_FIRST, MONTH_FIRST, YEAR_FIRST, SHORT_YEAR_FIRST, NAMED, COMPACT, COUNTED = (
    "day first",
    "month first",
    "year first",
    "short year first",
    "named month",
    "compact",
    "counted",
)
# No other family reads a value of these in another way.
CLEAR = (YEAR_FIRST, NAMED, COMPACT, COUNTED)
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
    # 20240105.0 is what a column of numbers with gaps makes of 20240105.
    (COMPACT, r"9{8}(?:\.9)?(?!\.)", "%Y%m%d"),
)
_TIME = re.compile(
    r"(?P<gap>A|,? )99?(?P<c>[:.])99(?P<second>(?P=c)99)?(?P<part>[.,]9+)?(?P<space> ?)"
    r"(?P<half>(?:AA|aa)(?!A))?(?P<zone> ?(?:A|AA|AAA|[+-]99(?::?99)?))?"
)
_COMPACT_TIME = re.compile(r"(?P<gap>[A ]?)9999(?P<second>99)?(?P<zone>A?)")
# As the engine's own cast reads it; the T between date and time is a letter as any other.
_ISO = re.compile(
    r"9999([-/])99?\1(?:99?)"
    r"(?:[A ]99?:99(?::99(?:\.9+)?)?(?: ?A| AAA| A[a]+/[Aa_/]+| ?[+-]99(?::?99)?)?)?"
)
# Digits of counts since 1970 and of Excel's days, for moments of our time.
_COUNTED = (
    (r"9{9,10}(?:\.9*)?", "epoch_s"),
    (r"9{12,13}(?:\.9*)?", "epoch_ms"),
    (r"9{15,16}", "epoch_us"),
    (r"9{18,19}", "epoch_ns"),
    (r"9{5}(?:[.,]9*)?", "excel"),
)
_WORDS = {
    "iso": "ISO 8601",
    "words": "dates with the month as a word",
    "epoch_s": "seconds since 1970",
    "epoch_ms": "milliseconds since 1970",
    "epoch_us": "microseconds since 1970",
    "epoch_ns": "nanoseconds since 1970",
    "excel": "Excel's days",
}


def families(shapes: Sequence[Shape], *, counted: bool = False) -> dict[str, tuple[str, ...]]:
    """Return the ways to read values of these shapes: family = formats.

    The forms that no other family reads otherwise are in each way; day and month first are ways of
    their own. No format at all means ISO 8601. There are ways if they could read half of the
    values.

    Args:
        shapes: of a column.
        counted: whether bare numbers may be counts since 1970, or Excel's days.
    """
    weights: dict[str, Counter[str]] = {}
    fitting: Counter[str] = Counter()
    total = dated = 0
    for shape in shapes:
        total += shape.count
        ways = formats_of(shape, counted=counted)
        dated += shape.count * bool(ways)
        for family, formats in ways.items():
            fitting[family] += shape.count
            weights.setdefault(family, Counter()).update(dict.fromkeys(formats, shape.count))
    if 2 * dated < total or not dated:
        return {}
    clear = Counter[str]()
    for family in CLEAR:
        clear.update(weights.get(family, {}))
    plain = sum(fitting[family] for family in CLEAR)
    open_ones = [f for f in fitting if f not in CLEAR and 2 * (fitting[f] + plain) >= total]
    found = {family: _ordered(clear + weights[family]) for family in open_ones}
    if 2 * plain >= total:
        found[max(CLEAR, key=lambda family: fitting[family])] = _ordered(clear)
    return found


def formats_of(shape: Shape, *, counted: bool = False) -> dict[str, tuple[str, ...]]:
    """Return the formats that could read values of one shape, by family."""
    if _ISO.fullmatch(shape.text):
        return {YEAR_FIRST: ("iso",)}
    found: dict[str, tuple[str, ...]] = {}
    for family, pattern, template in _DATES:
        match = re.match(pattern, shape.text)
        time = _time_format(shape.text[match.end() :], family) if match else None
        if match is None or time is None:
            continue
        parts = match.groupdict("")
        months = ("%b", "%B") if "m" in parts else ("",)
        forms = (template.format(**{**parts, "m": month}) + time for month in months)
        found[family] = (*found.get(family, ()), *forms)
    if NAMED in found and not any(_parses(shape.example, form) for form in found[NAMED]):
        del found[NAMED]
    if not found and is_named(to_ascii(shape.example)):
        found[NAMED] = ("words",)
    if counted and not found:
        units = tuple(unit for form, unit in _COUNTED if re.fullmatch(form, shape.text))
        found = {COUNTED: units} if units else {}
    return found


def family_of(form: str) -> str:
    """Return the family of a format."""
    if form == "iso" or re.match("%Y[^%]+%m", form):
        return YEAR_FIRST
    if form in COUNTS:
        return form
    if form == "words" or re.search("%[bB]", form):
        return NAMED
    if form.startswith("%Y%m%d"):
        return COMPACT
    starts = {"%d": DAY_FIRST, "%m": MONTH_FIRST, "%y": SHORT_YEAR_FIRST}
    # Of any other order, the date is a family of its own.
    return starts.get(form[:2], re.split("[ ,T]*%[HI]", form)[0])


def by_family(formats: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the formats of a reading by their families, in order."""
    found: dict[str, tuple[str, ...]] = {}
    for form in formats or ("iso",):
        family = family_of(form)
        found[family] = (*found.get(family, ()), form)
    return found


def formats_in_words(formats: Iterable[str]) -> str:
    """Return formats in words, the first of each family, such as ``dd/mm/yyyy hh:mm``."""
    return " and ".join(_in_words(family[0]) for family in by_family(tuple(formats)).values())


def _in_words(form: str) -> str:
    if form in KEYWORDS:
        return _WORDS[form]
    words = {
        "%d": "dd", "%m": "mm", "%Y": "yyyy", "%y": "yy", "%b": "mon", "%B": "month",
        "%H": "hh", "%I": "hh", "%M": "mm", "%S": "ss", "%f": "f", "%p": "am/pm", "%z": "zone",
    }  # fmt: skip
    return re.sub(r"%[a-zA-Z]", lambda match: words.get(match[0], match[0]), form)


def with_times(*forms: str) -> tuple[str, ...]:
    """Return formats and, if they have no time of day, the same with the usual ones behind."""
    return tuple(dict.fromkeys(form for untimed in forms for form in _with_times([untimed])))


def guesses(value: str) -> tuple[str, ...]:
    """Return formats that may be meant by a value that is not read as a date."""
    text = to_ascii(value.strip())
    possible = [keyword for form, keyword in _COUNTED if re.fullmatch(form, shape_of(text))]
    tried = (
        "%d%m%Y",
        "%m%d%Y",
        "%Y%m",
        "%Y-%m",
        "%m/%Y",
        "%y%m%d",
        "%d%m%y",
        "%Y",
        "%d.%m.%Y %Hh%M",
    )
    possible += [form for form in tried if _parses(text, form)]
    return tuple(possible[:2]) or ("%d/%m/%Y",)


def _parses(value: str, form: str) -> bool:
    try:
        datetime.strptime(to_ascii(value).strip(), form)
    except ValueError:
        return False
    return True


def _ordered(weights: Counter[str]) -> tuple[str, ...]:
    """Return formats in the order in which they are tried: what is quick to fail first."""
    forms = [form for form, _ in weights.most_common()]
    strptime = [form for form in forms if form not in KEYWORDS]
    # "%Y" would read the 26 of 03/04/26 as a year.
    strptime.sort(key=lambda form: "%y" not in form)
    compact = [form for form in strptime if form.startswith("%Y%m%d")]
    others = [form for form in strptime if form not in compact]
    keywords = [form for form in KEYWORDS if form in forms and form != "words"]
    words = ["words"] if "words" in forms else []
    formats = (*keywords, *_with_times(compact), *_with_times(others), *words)
    return () if formats == ("iso",) else formats


def _time_format(rest: str, family: str) -> str | None:
    if not rest:
        return ""
    if family == COMPACT and (compact := _COMPACT_TIME.fullmatch(rest)):
        gap = compact["gap"].replace("A", "T")
        return f"{gap}%H%M{'%S' if compact['second'] else ''}{'%z' if compact['zone'] else ''}"
    match = _TIME.fullmatch(rest)
    if match is None:
        return None
    hour = "%I" if match["half"] else "%H"
    second = f"{match['c']}%S" if match["second"] else ""
    part = match["part"][0] + "%f" if match["part"] else ""
    half = match["space"] + "%p" if match["half"] else ""
    gap = match["gap"].replace("A", "T")
    zone = ("" if match["half"] else match["space"]) + "%z" if match["zone"] else ""
    return f"{gap}{hour}{match['c']}%M{second}{part}{half}{zone}"


def _with_times(formats: Iterable[str]) -> tuple[str, ...]:
    listed = list(formats)
    dates = (re.split(r"(?:,? |T)%[HI]", form)[0] for form in listed if form not in KEYWORDS)
    bare = dict.fromkeys(date for date in dates if not re.search("%[HI]", date))
    usual = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f")
    return tuple(dict.fromkeys([*listed, *(date + time for date in bare for time in usual)]))
