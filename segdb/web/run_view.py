"""Run view: what the pages ask of a published run; what is the same for all is worked out once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, TypeVar

from segdb.api.snapshot import Snapshot
from segdb.charts import CHARTS
from segdb.charts.chart import Chart, Rows
from segdb.charts.labels import Look
from segdb.model import Model
from segdb.report import facts as report_facts
from segdb.report.cards import Segment
from segdb.report.facts import Facts
from segdb.report.figures import Figure, figures
from segdb.report.formatting import Forms
from segdb.report.published import Published
from segdb.web.feature import Feature, features_of
from segdb.web.problems import NotFoundError

T = TypeVar("T")
_KNOWN = 100
_drawing = threading.Lock()


class RunView:
    """A published run as the pages show it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.result = snapshot.result
        self.run_id = self.result.run_id
        self.settings = self.result.settings
        self.schema = self.settings.publish.schema_

    @property
    def model(self) -> Model:
        """What was learned."""
        return self.result.model

    @cached_property
    def published(self) -> Published:
        """The published tables, as the report reads them."""
        return Published(self.snapshot.select, self.schema)

    @cached_property
    def forms(self) -> Forms:
        """How values are written."""
        return Forms(self.settings.report.currency, self.result.facts.get("as_of"))

    @property
    def look(self) -> Look:
        """The colours and labels."""
        return self.once(
            "look", lambda: report_facts.look(self.published, self.settings.report.currency)
        )

    @property
    def facts(self) -> Facts:
        """What the report says in words."""
        return self.once("facts", self._facts)

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The segments, in order of value."""
        return self.facts.segments

    @property
    def features(self) -> tuple[Feature, ...]:
        """The features of the customers."""
        return self.once("features", lambda: features_of(self.published, self.model, self.look))

    @property
    def columns(self) -> Mapping[str, frozenset[str]]:
        """The names of the columns of each published table."""
        return self.once("columns", self._columns)

    def segment(self, segment_id: int) -> Segment:
        """Return a segment.

        Raises:
            NotFoundError: there is none of that number.
        """
        for segment in self.segments:
            if segment.row["segment_id"] == segment_id:
                return segment
        names = "; ".join(f"{s.row['segment_id']}: {s.row['segment']}" for s in self.segments)
        raise NotFoundError(f"There is no segment {segment_id}. There is: {names}.")

    def figures(self, names: Sequence[str], segments: Sequence[int] = ()) -> tuple[Figure, ...]:
        """Return the charts of these names, of all segments or of some."""
        key = ("figures", *names, *segments)
        return self.once(key, lambda: self._drawn(names, segments))

    def rows(self, sql: str, values: Mapping[str, object] | None = None) -> Rows:
        """Return the rows of a SELECT of segdb's own, whose tables are written ``segdb.name``."""
        rows: Rows = self.snapshot.select(self.published.sql(sql), values).to_pylist()
        return rows

    def _facts(self) -> Facts:
        examples = self.settings.report.examples
        return report_facts.facts(self.published, self.look, self.forms, examples=examples)

    def _drawn(self, names: Sequence[str], segments: Sequence[int]) -> tuple[Figure, ...]:
        charts = [narrowed(CHARTS[name], segments) for name in names]
        look, forms = self.look, self.forms
        # Altair's settings are of the process, and drawing takes all of a processor.
        with _drawing:
            return figures(self.published, look, forms, charts)

    def _columns(self) -> dict[str, frozenset[str]]:
        rows = self.snapshot.select(
            "SELECT table_name, list(column_name) AS names FROM information_schema.columns "
            "WHERE table_schema = $schema GROUP BY table_name",
            {"schema": self.schema},
        ).to_pylist()
        return {row["table_name"]: frozenset(row["names"]) for row in rows}

    def once(self, key: Any, make: Callable[[], T]) -> T:
        """Return what was worked out of this run under a key, or work it out."""
        known = self.snapshot.known
        if key in known:
            value: T = known[key]
            return value
        # Two segments make a page each; who looks at all of them fills no memory.
        if len(known) >= _KNOWN:
            known.clear()
        return known.setdefault(key, make())  # type: ignore[no-any-return]


def narrowed(chart: Chart, segments: Sequence[int]) -> Chart:
    """Return a chart of these segments alone; of all where none are named."""
    if not segments:
        return chart
    condition = f"segment_id IN ({', '.join(str(int(number)) for number in segments)})"
    queries = tuple(
        replace(query, sql=f"SELECT *\nFROM (\n{query.sql.strip()}\n)\nWHERE {condition}")
        if any(field.name == "segment_id" for field in query.fields)
        else query
        for query in chart.queries
    )
    return replace(chart, queries=queries)
