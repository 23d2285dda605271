"""Union: the columns of several files or sheets that are read as one table, by name."""

from __future__ import annotations

from collections.abc import Sequence

from segdb.config.source_section import FileOptions
from segdb.errors import SourceError


def common_names(
    files: Sequence[tuple[str, Sequence[str]]], origin: str, options: FileOptions
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return the names of all columns, and those of each file as they are written there.

    A column that is written in another case is the same; its name is that of the first file.

    Args:
        files: the name of each file, and the names of its columns.
        origin: what to call them together.
        options: whether their columns may differ.

    Raises:
        SourceError: they differ, and the settings do not say that they may.
    """
    written: dict[str, str] = {}
    for _, names in files:
        for name in names:
            written.setdefault(name.lower(), name)
    first = {name.lower() for name in files[0][1]}
    for file, names in files[1:]:
        differ = first ^ {name.lower() for name in names}
        if differ and not options.union_by_name:
            shown = [name for key, name in written.items() if key in differ]
            raise SourceError(
                f"The files of {origin} have different columns: {files[0][0]} and {file} "
                f"({_quoted(shown)} not in both). To read them by name, with NULL where a file "
                f"lacks one: {options.line('union_by_name', value=True)}. Otherwise name files of "
                "one layout, or give a SELECT that joins them."
            )
    return tuple(written.values()), [
        tuple(written[name.lower()] for name in names) for _, names in files
    ]


def differences(files: Sequence[tuple[str, Sequence[str]]]) -> str:
    """Return in words which columns not all files have; empty where there are none."""
    written = {name.lower(): name for _, names in files for name in names}
    lacking = {
        shown: [file for file, names in files if key not in {name.lower() for name in names}]
        for key, shown in written.items()
    }
    words = [
        f"{shown!r} missing in {len(lack)} of {len(files)} files"
        for shown, lack in lacking.items()
        if lack
    ]
    return ", ".join(words[:5]) + (", …" if words[5:] else "")


def _quoted(names: Sequence[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:5])
    return f"{shown}{', …' if names[5:] else ''} {'is' if len(names) == 1 else 'are'}"
