"""Guess encoding: that of text files that are not UTF-8 and whose settings do not say it."""

from __future__ import annotations

import codecs
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from segdb.checks.warning import DataWarning
from segdb.config.source_section import FileOptions
from segdb.engines.duckdb.read import encoding
from segdb.engines.duckdb.read.alphabets import MULTI_BYTE
from segdb.engines.duckdb.read.characters import Guess, example_of, guess

# So many different lines are looked at; of longer files every second, fourth, … one.
_LINES = 4_000
# Above this share of lines that are UTF-8, one that decodes so by chance is no explanation.
_CHANCE = 0.3
_NAMES = {"iso8859-1": "latin-1", "mac_roman": "mac-roman", "cp950": "big5", "cp949": "euc_kr"}


@dataclass
class _Evidence:
    """What a file holds beyond ASCII.

    Attributes:
        lines: some of its lines that are not UTF-8.
        count: how many there are.
        utf8: how many lines hold characters beyond ASCII in UTF-8.
        total: how many lines there are.
        high: the bytes above 127 of the lines that are not UTF-8.
    """

    lines: list[bytes] = field(default_factory=list)
    count: int = 0
    utf8: int = 0
    total: int = 0
    high: set[int] = field(default_factory=set)
    every: int = 1

    def add(self, block: bytes) -> None:
        """Look at a block of whole lines."""
        self.total += block.count(b"\n")
        if block.isascii():
            return
        for line in block.splitlines():
            if line.isascii():
                continue
            try:
                line.decode("utf-8")
                self.utf8 += 1
            except UnicodeDecodeError:
                self._keep(line)

    def _keep(self, line: bytes) -> None:
        self.high.update(byte for byte in line if byte > 127)
        if self.count % self.every == 0:
            self.lines.append(line)
        self.count += 1
        if len(self.lines) > _LINES:
            self.lines, self.every = self.lines[::2], self.every * 2


@dataclass(frozen=True)
class Decision:
    """What was decided about the encoding of the files of a source.

    Attributes:
        codecs: of each file that is not UTF-8: its codec.
        mixed: those of them of which other lines are UTF-8.
        warning: that the choice is a guess that may be wrong, or that files are mixed.
        note: what was taken.
        setting: what the settings would call it.
    """

    codecs: Mapping[Path, str]
    mixed: frozenset[Path]
    warning: DataWarning | None
    note: str
    setting: str


def decide(paths: Sequence[Path], origin: str, options: FileOptions) -> Decision:
    """Return the encoding of the files of a source of which one at least is not UTF-8.

    All of them are read, and those that are not UTF-8 are taken to be of one encoding.
    """
    signs = {path: _evidence(path) for path in paths}
    other = {path: each for path, each in signs.items() if each.count}
    lines = list(dict.fromkeys(line for each in other.values() for line in each.lines))
    high = bytes(sorted(set().union(*(each.high for each in other.values()))))
    best = _as_before(lines, options.expected) or guess(lines, high)
    mixed = frozenset(path for path, each in other.items() if _is_mixed(each, best))
    shown = _NAMES.get(best.codec, best.codec)
    note = f"{origin}: not UTF-8, and read as {shown}, such as '{best.example}'"
    warning = _warning(
        origin, best, shown, list(other.values()), mixed=bool(mixed), options=options
    )
    return Decision(dict.fromkeys(other, best.codec), mixed, warning, note, shown)


def _as_before(lines: Sequence[bytes], expected: str | None) -> Guess | None:
    """Return the encoding of an earlier run, if the lines can be in it."""
    if expected is None:
        return None
    try:
        text = b"\n".join(lines).decode(expected)
    except UnicodeDecodeError:
        return None
    name = codecs.lookup(expected).name
    return Guess(name, None, close=False, example=example_of(text))


def _evidence(path: Path) -> _Evidence:
    evidence = _Evidence()
    if encoding.codec(path, encoding.AUTO) == "utf-8":
        with encoding.opened(path) as file:
            for block in encoding.blocks_of(file):
                evidence.add(block)
    return evidence


def _is_mixed(evidence: _Evidence, best: Guess) -> bool:
    # Two characters of Chinese may by chance be UTF-8, and a letter with a sign of Europe hardly.
    share = evidence.utf8 / (evidence.utf8 + evidence.count)
    return share > _CHANCE or (evidence.utf8 > 0 and best.codec not in MULTI_BYTE)


def _warning(
    origin: str,
    best: Guess,
    shown: str,
    signs: Sequence[_Evidence],
    *,
    mixed: bool,
    options: FileOptions,
) -> DataWarning | None:
    count, total = sum(each.count for each in signs), max(1, sum(each.total for each in signs))
    if mixed:
        utf8 = sum(each.utf8 for each in signs)
        words = (
            f"{origin}: {count:,} of its lines are not UTF-8 and were read as {shown}, such as "
            f"'{best.example}'; {utf8:,} others are UTF-8."
        )
        return DataWarning("files", words, "", count / total)
    if not best.close or best.rival is None:
        return None
    rival = _NAMES.get(best.rival, best.rival)
    words = (
        f"{origin}: {count:,} lines are not UTF-8 and were read as {shown}, such as "
        f"'{best.example}', but {rival} fits nearly as well."
    )
    return DataWarning("files", words, options.line("encoding", rival), count / total)
