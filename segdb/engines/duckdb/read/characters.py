"""Characters: which encoding bytes that are not UTF-8 are most likely in.

Each codec that decodes the bytes is scored by the logarithm of the probability of its characters:
letters by their frequency in the best of its languages, and what does not occur in words (a symbol
between letters, two scripts in one word, a capital after a small letter) as very unlikely.
"""

from __future__ import annotations

import itertools
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from segdb.engines.duckdb.read.alphabets import LANGUAGES, MULTI_BYTE, SINGLE_BYTE

# ln p of what is no letter of the language.
_FOREIGN, _BROKEN, _CONTROL = -8.0, -11.0, -14.0
_FREQUENT, _KNOWN, _RARE = -5.0, -8.5, -11.0
_SYMBOLS: Mapping[str, float] = {
    **dict.fromkeys("\xa0’–“”€£°", -4.5),
    **dict.fromkeys("—…•¥®©™«»·§½¼¾²³ºª¿¡×µ‘„´、。・「」（）！？：；，＃　", -6.0),
}
_RARE_SYMBOL = -9.0
# A sign beside a number, a word with what holds it together, or one sign.
_WORD = re.compile(
    r"(?<![^\W\d_])(?P<before>[^\x00-\x7f])(?=(?P<gap> ?)[-+(]?\d)"
    r"|(?<=\d)(?P<behind>[^\x00-\x7f])(?!\w)|(?<=\d )(?P<apart>[^\x00-\x7f])(?!\w)"
    r"|[^\W\d_]+(?:[^\x00-\x7f][^\W\d_]*)*|[^\x00-\x7f]"
)
# How such a sign is counted: behind a digit where it touches the number, else behind a blank.
_TOUCHES, _NEAR = "0", "0 "
# ln p of a currency's sign beside a number, and of a blank within it.
_CURRENCY, _GROUP = -1.5, -2.5
# Below these the second best fits as well (ln of the odds), or the best one badly (ln p a byte).
_CLOSE, _POOR = 3.0, -6.5
_MOST_WORDS = 20_000


@dataclass(frozen=True)
class Guess:
    """The encoding that bytes are most likely in.

    Attributes:
        codec: Python's name of it.
        rival: the next one that reads them as other characters; None where there is none.
        close: whether the rival fits nearly as well, or none fits well.
        example: a word as it is read.
    """

    codec: str
    rival: str | None
    close: bool
    example: str


def guess(lines: Sequence[bytes], high: bytes = b"") -> Guess:
    """Return the encoding of lines that are not UTF-8.

    Args:
        lines: lines of a file, each with bytes above 127.
        high: the bytes above 127 that occur anywhere in it; an encoding of single bytes that
            lacks one of them is none of it.
    """
    data = b"\n".join(lines)
    texts = {name: _decoded(name, data, high) for name in (*SINGLE_BYTE, *MULTI_BYTE)}
    scores = {
        name: _score(name, text) - (SINGLE_BYTE[name][1] if name in SINGLE_BYTE else 1.0)
        for name, text in texts.items()
        if text is not None
    }
    ranked = sorted(scores, key=lambda name: -scores[name])
    best = ranked[0]
    rival = next((name for name in ranked[1:] if texts[name] != texts[best]), None)
    signs = max(1, sum(byte > 127 for byte in data))
    close = rival is not None and scores[best] - scores[rival] < _CLOSE
    poor = scores[best] / signs < _POOR
    return Guess(best, rival, close or poor, example_of(texts[best] or ""))


def example_of(text: str) -> str:
    """Return the most frequent word of a text with a character beyond ASCII."""
    words = _words(text)
    return max(words, key=lambda word: (words[word], word), default="").lstrip(_NEAR)


def _decoded(name: str, data: bytes, high: bytes) -> str | None:
    try:
        if name in SINGLE_BYTE:
            high.decode(name)
        return data.decode(name)
    except UnicodeDecodeError:
        return None


def _words(text: str) -> Counter[str]:
    """Return the words, or single signs, that hold a character beyond ASCII."""
    words = Counter(_counted(match) for match in _WORD.finditer(text) if not match[0].isascii())
    return Counter(dict(words.most_common(_MOST_WORDS)))


def _counted(match: re.Match[str]) -> str:
    """Return a word as it is counted: a sign beside a number with where it stands."""
    if match["apart"] or (match["before"] and match["gap"]):
        return _NEAR + match[0]
    return _TOUCHES + match[0] if match["before"] or match["behind"] else match[0]


def _near_number(word: str) -> float | None:
    """Return ln p of a sign because it stands beside a number; None where that says nothing."""
    sign = word[-1]
    if word[0] != _TOUCHES:
        return None
    if unicodedata.category(sign) == "Sc" and sign != "¤":
        return _CURRENCY
    if sign == "\xa0":
        return _GROUP
    return _BROKEN if sign.isalpha() and sign not in "ºª" and len(word) == 2 else None


def _score(name: str, text: str) -> float:
    words = _words(text)
    if name in MULTI_BYTE:
        return sum(_multi_byte(word, name) * count for word, count in words.items())
    letters: Counter[str] = Counter()
    rest = 0.0
    for word, count in words.items():
        kept, penalty = _single_byte(word)
        rest += penalty * count
        for letter in kept:
            letters[letter] += count
    languages = (LANGUAGES[language] for language in SINGLE_BYTE[name][0])
    return rest + max(_likelihood(letters, language) for language in languages)


def _likelihood(letters: Counter[str], language: Mapping[str, float]) -> float:
    floor = math.exp(_FOREIGN)
    return sum(count * math.log(language.get(a, floor)) for a, count in letters.items())


def _single_byte(word: str) -> tuple[str, float]:
    """Return the letters of a word beyond ASCII in lower case, and ln p of all else about it."""
    near = _near_number(word)
    if near is not None:
        return "", near
    letters, penalty, word = "", 0.0, word.lstrip(_NEAR)
    scripts = {_script(sign) for sign in word if sign.isalpha()}
    lower = any(sign.islower() for sign in word)
    # Capitals of ASCII alone, as in McDonald, say nothing of the encoding.
    late_capital = lower and any(
        b.isupper() and not (a.isascii() and b.isascii()) for a, b in itertools.pairwise(word)
    )
    alone = len(word) == 1 and word.isupper()
    for place, sign in enumerate(word):
        if sign.isascii():
            continue
        if sign.isalpha() and sign not in "ºªµ":
            letters += sign if sign == "İ" else sign.lower()[0]
        elif "\x80" <= sign < "\xa0":
            penalty += _CONTROL
        elif 0 < place < len(word) - 1 and sign not in "’\xa0·" and not _is_mark(sign):
            penalty += _BROKEN
        else:
            penalty += _SYMBOLS.get(sign, _RARE_SYMBOL if not _is_mark(sign) else -4.0)
    if len(scripts) > 1:
        penalty += _FOREIGN
    if late_capital:
        penalty += _FOREIGN
    if alone:
        penalty += _FOREIGN / 2
    return letters, penalty


def _is_mark(sign: str) -> bool:
    # Vowels of Thai stand above and below letters.
    return "\u0e30" <= sign <= "\u0e4e"


def _script(sign: str) -> str:
    code = ord(sign)
    bounds = (
        (0x370, "latin"), (0x400, "greek"), (0x530, "cyrillic"), (0x600, "hebrew"),
        (0x700, "arabic"), (0xE80, "thai"),
    )  # fmt: skip
    return next((name for end, name in bounds if code < end), "other")


def _multi_byte(word: str, name: str) -> float:
    frequent = MULTI_BYTE["cp932" if name == "euc_jp" else name]
    return sum(_sign(sign, frequent, name) for sign in word if not sign.isascii())


def _sign(sign: str, frequent: str, name: str) -> float:
    if sign in frequent:
        return _FREQUENT
    if sign in _SYMBOLS:
        return _SYMBOLS[sign]
    if "\uff61" <= sign <= "\uff9f":  # half of the width: one byte
        return _KNOWN / 2
    lead = sign.encode(name)
    if len(lead) == 2 and lead[0] in _LEVEL_ONE[name]:
        return _KNOWN
    return _RARE


# First bytes of the characters that the standards call the first level, or Korean syllables.
_LEVEL_ONE: Mapping[str, range] = {
    "gb18030": range(0xB0, 0xD8),
    "cp950": range(0xA4, 0xC7),
    "cp949": range(0xB0, 0xC9),
    "cp932": range(0x88, 0x98),
    "euc_jp": range(0xB0, 0xD0),
}
