"""Rows of text, written as a file of any kind: CSV, Parquet, JSON or a workbook, also packed."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from tests.engines.duckdb.read.workbook import write_workbook

TEXT = ("csv", "tsv", "txt")


@dataclass(frozen=True)
class Container:
    """The kind of a file.

    Attributes:
        kind: its suffix.
        packed: the suffix of how it is packed; empty where it is not.
        encoding: of text.
        delimiter: of text.
        line_end: of text.
        quoting: of text, as the csv module has it.
        above: lines above the header.
        blank: where blank lines are: "before", "after header", "within" or "end".
        native: whether numbers and moments are of such types, where the kind has types.
    """

    kind: str = "csv"
    packed: str = ""
    encoding: str = "utf-8"
    delimiter: str = ","
    line_end: str = "\n"
    quoting: Literal[0, 1, 2, 3] = csv.QUOTE_MINIMAL
    above: int = 0
    blank: str = ""
    native: bool = False


_TITLES = ("Sales report 2024", "Exported on 2024-03-05 by A. Smith", "All shops")


def write_file(
    folder: Path, container: Container, columns: Sequence[str], rows: Sequence[Sequence[str]]
) -> Path:
    """Write rows of text below a header."""
    kind = container.kind
    path = folder / f"orders.{kind}"
    titles = [[title] for title in _TITLES[: container.above]]
    if kind in TEXT:
        text = _text(container, titles, columns, rows)
        try:
            data = text.encode(container.encoding)
        except UnicodeEncodeError:  # a sign that the encoding lacks
            data = text.encode()
    elif kind == "xlsx":
        cells = [[_cell(value, container.native) for value in row] for row in rows]
        return write_workbook(path, {"Orders": [*titles, list(columns), *cells]})
    elif kind == "parquet":
        by_column = zip(*rows, strict=True)
        typed = [_typed(values, container.native) for values in by_column]
        pq.write_table(pa.table(typed, names=list(columns)), path)
        return path
    else:
        objects = [
            dict(zip(columns, [_cell(v, container.native) for v in row], strict=True))
            for row in rows
        ]
        lines = [json.dumps(each, ensure_ascii=False) for each in objects]
        text = f"[{','.join(lines)}]" if kind == "json" else "\n".join(lines) + "\n"
        data = text.encode()
    return _pack(path, data, container.packed)


def _text(
    container: Container,
    titles: Sequence[Sequence[str]],
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
) -> str:
    file = io.StringIO()
    writer = csv.writer(
        file,
        delimiter=container.delimiter,
        quoting=container.quoting,
        lineterminator=container.line_end,
    )
    end = container.line_end
    writer.writerows(titles)
    file.write(end if container.blank == "before" else "")
    writer.writerow(columns)
    file.write(end if container.blank == "after header" else "")
    for place, row in enumerate(rows):
        writer.writerow(row)
        file.write(end if container.blank == "within" and place % 20 == 19 else "")
    file.write(end * 2 if container.blank == "end" else "")
    return file.getvalue()


def _cell(value: str, native: bool) -> Any:
    if not native:
        return value
    if value == "":
        return None
    try:
        number = float(value)
    except ValueError:
        return value
    plain = value == value.strip() and not (value[0] in "0+" and value[1:2].isdigit())
    if not plain or "_" in value:
        return value
    return int(value) if value.isdigit() else number


def _typed(values: Sequence[str], native: bool) -> pa.Array:
    """Return a column of numbers or moments, if all of its values are such, else of text."""
    if native:
        cells = [_cell(value, native) for value in values]
        if all(isinstance(cell, int | float | None) for cell in cells) and any(cells):
            return pa.array(cells)
        moments = [_moment(value) for value in values]
        if all(moments):
            return pa.array(moments, pa.timestamp("us"))
    return pa.array(list(values), pa.string())


def _moment(value: str) -> datetime | None:
    try:
        return datetime.strptime(value, "%Y-%m-%d %H:%M:%S")
    except ValueError:
        return None


def _pack(path: Path, data: bytes, packed: str) -> Path:
    if not packed:
        path.write_bytes(data)
        return path
    target = path.with_name(f"{path.name}.{packed}")
    if packed == "zip":
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(path.name, data)
    elif packed == "zst":
        with pa.CompressedOutputStream(str(target), "zstd") as stream:
            stream.write(data)
    elif packed == "gz":
        target.write_bytes(gzip.compress(data))
    elif packed == "bz2":
        target.write_bytes(bz2.compress(data))
    else:
        target.write_bytes(lzma.compress(data))
    return target
