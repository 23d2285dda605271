"""The section ``[source]`` of ``segdb.toml``: where the data is, and how its files are read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import PurePath
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import (
    Field,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
)

from segdb.config.section import Section, or_else
from segdb.formats.toml import toml_value
from segdb.source_schema import KEYWORDS

SourceName = Literal["orders", "customers"]
Rows = Annotated[int, Field(ge=0)]
Names = tuple[str, ...]
# Of the orders and customers alike, or of each: sheet = "2024", or sheet.customers = "People".
_EACH = {
    "encoding": 'the name of an encoding such as "cp1252", or "auto"',
    "skip_rows": "a whole number of lines",
    "header": "true or false",
    "names": "a list of column names",
    "sheet": "the name of a sheet, or a list of names",
}
# What the database's strptime knows.
_DIRECTIVE = re.compile(r"%(?:-[djmyHIMS]|[a-dfghjmnpuwxyzABGHIMSTUVWXYZ%])")


class Source(Section):
    """Where the data is: a file or glob or a list of such, a table of the database, or a SELECT."""

    # A list is one source: orders = ["jan.csv", "feb.csv"].
    orders: str | Names | None = None
    customers: str | Names | None = None
    # "ordered_at", or a column of numbers or moments, if the orders only ever grow and it never
    # falls: a row that is added has at least the highest value so far. `segdb refresh` then
    # aggregates the customers with new rows alone. Costs the room of one more row a customer.
    watermark: str | None = None
    # For text files; what is left out is sniffed, and the run says what it took.
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    # "auto": UTF-8, and where the bytes are none what their letters make likely. Then, and with any
    # encoding but utf-8, latin-1 and utf-16, a copy of the file is read, and there is no
    # segments_live. This key and the next four may be said of one source: encoding.customers.
    encoding: str | dict[SourceName, str] = "auto"
    # Lines of a text file, or rows of a sheet, above the header. Left out: those with fewer fields
    # than the rows below are taken for titles, and the run says so.
    skip_rows: Rows | dict[SourceName, Rows] | None = None
    # Whether the first line names the columns. Left out: it does, unless it looks like the rows
    # below it; such a file needs names.
    header: bool | dict[SourceName, bool] | None = None
    # The names of all columns, in their order, in the place of those of the header.
    names: Names | dict[SourceName, Names] | None = None
    # The sheet of a workbook, or several of one layout. Left out: all that have the columns of
    # the sheet with the most rows.
    sheet: str | Names | dict[SourceName, str | Names] | None = None
    # Files whose columns differ are read by name, with NULL where a file lacks one.
    union_by_name: bool = False
    # The most that is unpacked of archives such as zip files, into the folder for temporary files.
    max_unpacked: Annotated[str, Field(pattern=r"^\d+(\.\d+)? ?[KMGT]i?B$")] = "20GB"
    decimal: Literal[".", ","] | None = None
    # A strptime format, such as "%d/%m/%Y %H:%M", or a list that is tried in turn. "iso" is ISO
    # 8601, "words" a month as a word, "epoch_s", "epoch_ms", "epoch_us" and "epoch_ns" count since
    # 1970 in UTC, and "excel" Excel's days. A list costs half a microsecond a value and format.
    date_format: str | Names | None = None
    # A zone such as "Europe/London": texts with an offset, TIMESTAMPTZ and counts since 1970 become
    # its local time. Left out: a text keeps its local time, the others are in UTC.
    time_zone: str | None = None
    null_values: tuple[str, ...] = ("", "NA", "N/A", "NULL", "null", "NaN", "nan", "None", "-")
    # Column = what stands for a missing value in it, of any type: {age = ["118"]}.
    null_values_by_column: dict[str, tuple[str, ...]] = Field(default_factory=dict)

    @field_validator(*_EACH, mode="wrap")
    @classmethod
    def _one_message(
        cls, value: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo
    ) -> Any:
        return or_else(value, handler, f"{_EACH[info.field_name or '']}, or one by source")

    @field_validator("orders", "customers", mode="wrap")
    @classmethod
    def _a_source(cls, value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
        return or_else(value, handler, "a file, a list of files, a table, or a SELECT")

    @field_validator("max_unpacked", mode="wrap")
    @classmethod
    def _an_amount(cls, value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
        return or_else(value, handler, 'an amount of memory, such as "2GB" or "500MB"')

    @field_validator("date_format", mode="wrap")
    @classmethod
    def _formats(cls, value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
        given = or_else(value, handler, 'a format such as "%d/%m/%Y", or a list of them')
        for form in [given] if isinstance(given, str) else given or ():
            odd = _DIRECTIVE.sub("", form)
            if form not in KEYWORDS and (odd == form or "%" in odd):
                raise ValueError(
                    f'{form!r} is no strptime format, such as "%d/%m/%Y", and none of '
                    f"{', '.join(KEYWORDS)}"
                )
        return given

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, value: str | None) -> str | None:
        known = available_timezones()
        # Where Python has no list of zones, the engine says what it lacks.
        if value is not None and known and value not in known:
            close = get_close_matches(value, known, n=1)
            advice = f" Did you mean {close[0]!r}?" if close else ' One is "Europe/London".'
            raise ValueError(f"there is no such time zone.{advice}")
        return value

    @field_validator("null_values_by_column", mode="before")
    @classmethod
    def _tokens(cls, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        lists = {
            name: given if isinstance(given, list) else [given] for name, given in value.items()
        }
        return {name: [_token(token) for token in tokens] for name, tokens in lists.items()}

    @property
    def date_formats(self) -> Names:
        """The formats of ``date_format``, which is one or several."""
        given = self.date_format or ()
        return (given,) if isinstance(given, str) else given

    def missing_of(self, column: str) -> Names:
        """Return what stands for a missing value in a column beside ``null_values``."""
        given = {name.lower(): tokens for name, tokens in self.null_values_by_column.items()}
        return self.null_values_by_column.get(column, given.get(column.lower(), ()))

    def of(self, name: SourceName) -> FileOptions:
        """Return how the files of one of the sources are read."""

        def said(key: str) -> Any:
            value = getattr(self, key)
            default = type(self).model_fields[key].default
            return value.get(name, default) if isinstance(value, Mapping) else value

        sheet = said("sheet")
        return FileOptions(
            delimiter=self.delimiter,
            encoding=said("encoding"),
            skip_rows=said("skip_rows"),
            header=said("header"),
            names=said("names"),
            sheets=(sheet,) if isinstance(sheet, str) else sheet,
            union_by_name=self.union_by_name,
            max_unpacked=self.max_unpacked,
            name=name if self.orders and self.customers else None,
        )


def as_setting(source: object) -> str | Names | None:
    """Return a source as ``[source] orders`` says it; None of a frame, which no text names."""
    if isinstance(source, str | PurePath):
        return str(source).strip()
    if not isinstance(source, list | tuple):
        return None
    names = [str(name).strip() for name in source if isinstance(name, str | PurePath)]
    return tuple(names) if len(names) == len(source) else None


def _token(value: Any) -> Any:
    """Return 118 as "118"; TOML has numbers and dates of its own."""
    plain = isinstance(value, int | float | date) and not isinstance(value, bool)
    return str(value) if plain else value


@dataclass(frozen=True)
class FileOptions:
    """How the files of one source are read: its part of ``[source]``.

    ``name`` is that of the source where the settings have both, ``expected`` the encoding that a
    run read it in before, for files that are not UTF-8.
    """

    delimiter: str | None = None
    encoding: str = "auto"
    skip_rows: int | None = None
    header: bool | None = None
    names: tuple[str, ...] | None = None
    sheets: tuple[str, ...] | None = None
    union_by_name: bool = False
    max_unpacked: str = "20GB"
    name: SourceName | None = None
    expected: str | None = None

    def line(self, key: str, value: object) -> str:
        """Return the line of the settings that says a key of this source."""
        only = f".{self.name}" if self.name and key in _EACH else ""
        return f"[source] {key}{only} = {toml_value(value)}"
