"""What a chart is: a declaration of the published numbers it reads, and a function that draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import altair as alt
import sqlglot
from altair.utils.schemapi import debug_mode
from sqlglot import exp

from segdb.charts.labels import Look
from segdb.sql_text import WRITTEN_FOR

Section = Literal[
    "distribution", "next", "differences", "maps", "choice", "quality", "data", "history"
]
# How a value is written: count 1,234; money £1,234; share 12.3%; decimal 0.123; number 1,234.5.
Form = Literal[
    "text", "feature", "count", "customers", "money", "share", "decimal", "number", "yes"
]
Rows = list[dict[str, Any]]
# An Altair chart of any kind: Altair's own methods return Any.
Drawn = Any

_FORMATS: Mapping[str, str] = {
    "count": ",",
    "customers": ",",
    "money": "$,.2f",
    "share": ".1%",
    "decimal": ".3f",
    "number": ",.4~r",
}


@dataclass(frozen=True)
class Field:
    """A column of a chart's query, as people read it."""

    name: str
    title: str
    form: Form = "text"

    @property
    def tooltip(self) -> alt.Tooltip:
        """The field as a line of a tooltip."""
        kind: Any = "quantitative" if self.form in _FORMATS else "nominal"
        tooltip = alt.Tooltip(field=self.name, type=kind, title=self.title)
        return tooltip.format(_FORMATS[self.form]) if self.form in _FORMATS else tooltip


@dataclass(frozen=True)
class Query:
    """One SELECT over the published tables.

    Attributes:
        name: what the chart calls its rows.
        sql: as a reader may run it; tables as ``segdb.<table>``. Its ORDER BY is the order of
            the axes. It never yields a customer, nor a cell of fewer than five.
        fields: every column of the result, in order.
        shown: how many rows the table under the chart shows.
        needs: features without which it cannot run, and then has no rows.
    """

    name: str
    sql: str
    fields: tuple[Field, ...]
    shown: int = 60
    needs: tuple[str, ...] = ()

    @property
    def tables(self) -> frozenset[str]:
        """The published tables it reads."""
        tree = sqlglot.parse_one(self.sql, read="duckdb")
        return frozenset(t.name for t in tree.find_all(exp.Table) if t.db == WRITTEN_FOR)

    @property
    def tooltip(self) -> list[alt.Tooltip]:
        """Its fields as a tooltip, without the segment's number."""
        return [field.tooltip for field in self.fields if field.name != "segment_id"]


@dataclass(frozen=True)
class Chart:
    """A chart of the report.

    Attributes:
        name: of its file, of its picture, and of its place on the page.
        title: a short heading.
        caption: how to read it, in a sentence.
        description: what it shows, for those who do not see it.
        section: where it stands on the page.
        queries: the numbers it reads.
        draw: rows by query name, and the look, to an Altair chart over ``data(name)``.
        carriers: how many of the queries, from the first, can carry the chart; where none of
            them has rows, it is left out.
        panel: least width of a panel in pixels, of a facet; 0 where it is none.
        gutter: pixels beside the panels, for the labels of the axis they share.
        even: whether panels come in pairs.
        wide: whether it wants the whole width of the page; panels always do.
        cells: of a grid, how many columns it has and the pixels that a level head needs.
        square: whether it is no higher than it is wide.
    """

    name: str
    title: str
    caption: str
    description: str
    section: Section
    queries: tuple[Query, ...]
    draw: Callable[[Mapping[str, Rows], Look], Drawn]
    carriers: int = 1
    panel: int = 0
    gutter: int = 0
    even: bool = False
    wide: bool = False
    cells: Callable[[Mapping[str, Rows]], tuple[int, int]] | None = None
    square: bool = False

    def shown(self, rows: Mapping[str, Rows]) -> bool:
        """Whether there is something to draw."""
        return any(rows[query.name] for query in self.queries[: self.carriers])

    def spec(self, rows: Mapping[str, Rows], look: Look) -> dict[str, Any]:
        """Return the Vega-Lite spec, with the rows as its datasets.

        Args:
            rows: of each query, by its name.
            look: colours and labels.
        """
        readable = {q.name: _readable(q, rows[q.name], look) for q in self.queries}
        # A test holds every chart against the schema; here it would cost most of the time.
        with debug_mode(False):
            spec: dict[str, Any] = self.draw(readable, look).to_dict(validate=False)
        # Rows are put in after Altair has made its dictionary: it would validate each of them.
        spec["datasets"] = {**spec.get("datasets", {}), **_used(spec, readable)}
        parameters = [{"name": "chosen", "value": 0}, {"name": "phone", "value": False}]
        spec["params"] = [*spec.get("params", []), *parameters]
        spec["description"] = self.description
        spec |= self._laid(readable)
        if self.cells is not None:
            spec["params"].append({"name": "slanted", "value": False})
        # Altair's own defaults give way to the theme, which the page holds once.
        spec.pop("config", None)
        # The version that draws is the bundle's, whichever Altair wrote for.
        spec.pop("$schema", None)
        return spec

    def _laid(self, rows: Mapping[str, Rows]) -> dict[str, Any]:
        """Return what the page has to know to fit the chart into its place."""
        if self.panel:
            return {"usermeta": {"panel": self.panel, "gutter": self.gutter, "even": self.even}}
        if self.cells is not None:
            cells, head = self.cells(rows)
            # Pixels without which cells cannot be told apart, on a page and on a phone.
            least = [190 + 42 * cells, 132 + 38 * cells]
            return {"usermeta": {"cells": cells, "head": head, "least": least}}
        return {"usermeta": {"square": True}} if self.square else {}


def _readable(query: Query, rows: Sequence[Mapping[str, Any]], look: Look) -> Rows:
    features = [field.name for field in query.fields if field.form == "feature"]
    return [
        {name: look.label(value) if name in features else value for name, value in row.items()}
        for row in rows
    ]


def _used(spec: Mapping[str, Any], rows: Mapping[str, Rows]) -> dict[str, Rows]:
    named = set(_data_names(spec))
    return {name: records for name, records in rows.items() if name in named}


def _data_names(value: Any) -> list[str]:
    if isinstance(value, list):
        return [name for part in value for name in _data_names(part)]
    if not isinstance(value, Mapping):
        return []
    data = value.get("data")
    names = [data["name"]] if isinstance(data, Mapping) and "name" in data else []
    return names + [name for part in value.values() for name in _data_names(part)]
