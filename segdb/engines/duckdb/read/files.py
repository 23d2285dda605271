"""Files: which ones a path or a pattern means, and what to say when it means none."""

from __future__ import annotations

import difflib
import glob
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from segdb.errors import SourceError
from segdb.sql_text import literal

TEXT = frozenset({".csv", ".tsv", ".txt", ".tab", ".psv"})
JSON = frozenset({".json", ".jsonl", ".ndjson"})
PARQUET = frozenset({".parquet", ".pq"})
EXCEL = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"})
# What the engine unpacks itself, of text and JSON; and what is unpacked before it is read.
PACKED = frozenset({".gz", ".zst"})
ARCHIVES = frozenset({".zip", ".bz2", ".xz"})
KNOWN = TEXT | JSON | PARQUET | EXCEL
_FOREIGN = frozenset({".tar", ".tgz", ".tbz2", ".txz", ".7z", ".rar", ".lz4", ".br", ".z"})
_SHOWN = (
    "csv, tsv, txt, parquet, json, jsonl, ndjson, xlsx and its kin, also as .gz, .zst, .bz2, .xz "
    "or .zip"
)


@dataclass(frozen=True)
class Files:
    """The files that a source names.

    Attributes:
        paths: absolute, in the order of their names, one at least.
        patterns: what the engine is to look for, absolute; special where a name is literal.
        suffix: of all of them, in lower case and without ``.gz`` or another way of packing; of
            zip files ``.zip``.
        origin: the name for messages.
        unpacked: whether they are temporary copies of what archives hold.
    """

    paths: tuple[Path, ...]
    patterns: tuple[str, ...]
    suffix: str
    origin: str
    unpacked: bool = False

    @classmethod
    def of(cls, path: Path) -> Files:
        """Return the one file of that path, whatever its name holds."""
        absolute = path.absolute()
        return cls((absolute,), (_escaped(str(absolute)),), _suffix([path], path.name), path.name)

    @property
    def sql(self) -> str:
        """The files as a SQL list of escaped paths, exactly these."""
        return "[" + ", ".join(literal(_escaped(str(path))) for path in self.paths) + "]"

    @property
    def live(self) -> str:
        """The patterns as SQL, which find the files that are there when it runs."""
        found = [literal(pattern) for pattern in self.patterns]
        return found[0] if len(found) == 1 else f"[{', '.join(found)}]"


def looks_like_path(text: str) -> bool:
    """Whether a text that names nothing was meant as a file: a slash, a star or a known suffix."""
    path = Path(text)
    known = KNOWN | PACKED | ARCHIVES | _FOREIGN
    return any(mark in text for mark in "/\\*") or path.suffix.lower() in known


def find(text: str) -> Files | None:
    """Return the files that a path or pattern means, or None where nothing is there.

    Raises:
        SourceError: it is a folder, the files are of several kinds or of an unknown one.
    """
    try:
        path = Path(text).expanduser()
        exists = path.exists()
    except (OSError, ValueError, RuntimeError):
        return None
    if exists:
        if path.is_dir():
            raise _folder(text, path)
        return Files.of(path)
    if not glob.has_magic(text):
        return None
    matches = (Path(name).absolute() for name in glob.glob(str(path), recursive=True))  # noqa: PTH207
    paths = tuple(sorted(each for each in matches if each.is_file()))
    if not paths:
        return None
    origin = f"{path.name} ({len(paths):,} file{'s' if len(paths) > 1 else ''})"
    return Files(paths, (str(path.absolute()),), _suffix(paths, text), origin)


def find_each(names: Sequence[str]) -> Files:
    """Return the files that several paths or patterns mean, in their order, as one source.

    Raises:
        SourceError: there is no name, one means nothing or what another means as well, or the files
            are of several kinds.
    """
    parts: list[Files] = []
    for name in names:
        files = find(name) if name.strip() else None
        if files is None:
            raise missing(name)
        parts.append(files)
    if not parts:
        raise SourceError("The list of files is empty. Name one at least.")
    paths = tuple(path for part in parts for path in part.paths)
    counts = Counter(path.resolve() for path in paths)
    twice = next((path for path in paths if counts[path.resolve()] > 1), None)
    if twice is not None:
        raise SourceError(
            f"The list of files has {twice.name} twice, whose rows would count twice. Name it once."
        )
    if len(parts) == 1:
        return parts[0]
    others = f"{len(paths) - 1:,} more file{'s' if len(paths) > 2 else ''}"
    return Files(
        paths,
        tuple(pattern for part in parts for pattern in part.patterns),
        _suffix(paths, "The list of files"),
        f"{paths[0].name} and {others}",
    )


def missing(text: str) -> SourceError:
    """Return the error for a path that is not there, with what lies nearby."""
    path = Path(text).expanduser()
    if glob.has_magic(text):
        return SourceError(
            f"No file matches {text} (looked from {Path.cwd()}). Check the folder and the pattern."
        )
    folder = path.parent
    if not folder.is_dir():
        return SourceError(f"There is no file {text}: the folder {folder} does not exist.")
    here = sorted(each.name for each in folder.iterdir() if not each.name.startswith("."))
    close = difflib.get_close_matches(path.name, here, n=1, cutoff=0.5)
    data = [name for name in here if looks_like_path(name)]
    if close:
        hint = f"Did you mean '{folder / close[0]}'?"
    elif data:
        hint = f"In that folder there is: {', '.join(data[:10])}{', …' if data[10:] else ''}."
    else:
        hint = "That folder holds no data files."
    return SourceError(f"There is no file {text} (looked in {folder.absolute()}). {hint}")


def _suffix(paths: tuple[Path, ...] | list[Path], text: str) -> str:
    suffixes = {kind_of(path) for path in paths}
    if len(suffixes) > 1:
        raise SourceError(
            f"{text} matches files of several kinds ({', '.join(sorted(suffixes))}). Name one "
            "kind, such as *.csv."
        )
    suffix = suffixes.pop()
    if suffix in _FOREIGN:
        raise SourceError(
            f"{text} is an archive of a kind that segdb does not open. Unpack it, and name the "
            "file in it."
        )
    if suffix not in KNOWN | {".zip"}:
        ending = f"'{suffix}'" if suffix else "no ending"
        raise SourceError(
            f"{text} has {ending}, so it is unclear how to read it. segdb reads {_SHOWN}; for "
            "anything else, give a SELECT that reads it."
        )
    return suffix


def kind_of(path: Path) -> str:
    """Return the ending that says what a file is, without the one that says how it is packed."""
    suffix = path.suffix.lower()
    return Path(path.stem).suffix.lower() if suffix in PACKED | ARCHIVES - {".zip"} else suffix


def _folder(text: str, path: Path) -> SourceError:
    suffixes = sorted({kind_of(each) for each in path.iterdir() if each.is_file()})
    known = [suffix for suffix in suffixes if suffix in KNOWN | {".zip"}]
    example = Path(text) / f"*{known[0] if known else '.parquet'}"
    return SourceError(f"{text} is a folder. Name the files in it, such as '{example}'.")


def _escaped(path: str) -> str:
    # In the engine's patterns a mark in brackets stands for itself.
    return "".join(f"[{mark}]" if mark in "*?[" else mark for mark in path)
