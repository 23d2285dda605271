"""Result: a published run in Python, as ``segdb.run`` and ``segdb.open`` return it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pyarrow as pa

from segdb import contract, named_queries
from segdb.api.arguments import checked
from segdb.config.settings import Settings
from segdb.engines.output_files import refuse_foreign
from segdb.engines.protocol import Database
from segdb.engines.reader import Ask, Reader
from segdb.errors import EngineError, SettingsError, UserError, nearest
from segdb.sql_text import in_schema, quoted
from segdb.steps.lifecycle.fitted_run import Outcome

if TYPE_CHECKING:
    import altair as alt

    from segdb.config.sections import Report
    from segdb.report.figures import Figure

_TABLES = (*contract.TABLES, contract.ALGORITHM_COMPARISON, contract.ALGORITHM_LABELS)


class Result:
    """A published run, and a reader of its tables.

    Attributes:
        run_id: the run's number.
        segments: one mapping a segment, as in ``segment_profiles``.
        facts: the run's row of ``runs``.
        model: what was learned.
        drift: rows of ``run_drift``: how far the customers moved, of a refresh since the model was
            learned.
        warnings: what of the data may make the result wrong, at most five.
        notes: what was inferred, dropped and decided, in words; empty of a run that was opened.
        select: runs one SELECT as it is written, with the schema.
        settings: of the run; of a run that was opened, its schema and the look of its report.
        reasons: rejected rows by (source, reason); empty of a run that was opened, whose
            ``rejected_rows`` has them.
    """

    def __init__(
        self,
        store: Database,
        settings: Settings,
        outcome: Outcome,
        *,
        notes: Sequence[str] = (),
        reader: Reader | None = None,
    ) -> None:
        self._store = store
        self.settings = settings
        self._schema = settings.publish.schema_
        self._reader = reader or store.reader(self._schema)
        self.select = self._answering(self._reader.select)
        self.run_id = int(outcome.run["run_id"])
        self.segments = [dict(segment) for segment in outcome.segments]
        self.facts = dict(outcome.run)
        self.model = outcome.model
        self.drift = [dict(row) for row in outcome.drift]
        self.warnings = list(outcome.warnings)
        self.notes = list(notes)
        self.reasons = dict(outcome.reasons)

    def __repr__(self) -> str:
        sizes = ", ".join(f"{s['segment']}: {s['customers']:,}" for s in self.segments)
        return f"<segdb run {self.run_id}: {sizes}>"

    def _repr_html_(self) -> str:
        """The table of segments, as notebooks show it."""
        from segdb.report.notebook import segments_html

        return segments_html(self.run_id, self.segments, self.settings.report.currency)

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of the published tables and views."""
        return tuple(table.name for table in contract.TABLES)

    @checked
    def table(self, name: str) -> pa.Table:
        """Return a published table as Arrow; ``.to_pandas()`` and ``polars.from_arrow`` take it.

        Raises:
            SettingsError: there is no table of that name.
        """
        names = [table.name for table in _TABLES]
        if name not in names:
            raise SettingsError(f"There is no table '{name}'.{nearest(name, names)}")
        return self.select(f"SELECT * FROM {quoted(self._schema)}.{quoted(name)}")  # noqa: S608

    @checked
    def query(self, question: str, **parameters: object) -> pa.Table:
        """Ask the published tables, and return the answer as Arrow.

        Args:
            question: a SELECT, in which the schema may be left out (``FROM segments``), or the name
                of a query that ``segdb query`` lists.
            parameters: of a named query, such as ``segment="Loyal"`` or ``ids=[1012, 2044]``; of
                a SELECT, the values of its ``$name``.

        Raises:
            UserError: there is no such query, a parameter is not one, or the database refuses.
        """
        if named_queries.is_sql(question):
            return self._ask(question, parameters)
        named = named_queries.named(question.strip())
        set_values = {name: value for name, value in parameters.items() if value is not None}
        values = named.values({name: named_queries.as_text(v) for name, v in set_values.items()})
        unknown = named.check(values, self._own)
        if unknown:
            raise UserError(" ".join(unknown))
        return self._reader.own(named.on(self._schema), values)

    def runs(self) -> pa.Table:
        """Return the published runs with sizes and drift, the last one last."""
        return self.query("runs")

    @checked
    def report(
        self, path: str | Path | None = None, *, force: bool = False, look: Report | None = None
    ) -> str | Path:
        """Return the report as one HTML text; with a path, write it there and return the path.

        Args:
            path: where to.
            force: write over a file that segdb did not write.
            look: title, currency and examples; left out, as the run was shown.

        Raises:
            UserError: there is a file that segdb did not write, and no ``force``.
        """
        from segdb.report.page import render
        from segdb.report.write import write

        settings = self.settings
        if look is not None:
            settings = settings.model_copy(update={"report": look})
        if path is not None:
            refuse_foreign([Path(path)], force=force)
        # All of it of one run, whatever is published meanwhile.
        with self._store.attached():
            page = render(self._reader.own, settings)
        return page if path is None else write(Path(path), page)

    @property
    def charts(self) -> tuple[str, ...]:
        """The names of the charts that have something to show."""
        return tuple(self._figures)

    @checked
    def chart(self, name: str) -> alt.TopLevelMixin:
        """Return a chart of the report, as a notebook shows it.

        Raises:
            SettingsError: there is no chart of that name, or it has nothing to show.
        """
        if name not in self._figures:
            raise SettingsError(f"There is no chart '{name}'.{nearest(name, self.charts)}")
        from segdb.charts.notebook import as_altair

        figure = self._figures[name]
        return as_altair(figure.chart, figure.spec)

    @cached_property
    def _figures(self) -> Mapping[str, Figure]:
        from segdb.report.notebook import drawn_figures

        return drawn_figures(self._reader.own, self.settings)

    def _ask(self, sql: str, values: Mapping[str, object] | None = None) -> pa.Table:
        """Run a SELECT in which the schema may be left out."""
        return self._in_schema(self.select, self._store.dialect, sql, values)

    def _own(self, sql: str, values: Mapping[str, object] | None = None) -> pa.Table:
        """Run SQL of segdb's own in which the schema may be left out."""
        return self._in_schema(self._reader.own, "duckdb", sql, values)

    def _answering(self, ask: Ask) -> Ask:
        """Return what runs a SELECT; what the database refuses is a ``UserError``."""

        def select(sql: str, values: Mapping[str, object] | None = None) -> pa.Table:
            try:
                with self._store.refusals():
                    return ask(sql, values)
            except EngineError as error:
                raise UserError(str(error)) from error

        return select

    def _in_schema(
        self, ask: Ask, dialect: str, sql: str, values: Mapping[str, object] | None
    ) -> pa.Table:
        names = {table.name for table in _TABLES}
        placed = in_schema(sql, self._schema, written="", tables=names, dialect=dialect)
        return ask(placed, values) if values else ask(placed)

    def close(self) -> None:
        """Close the database, if segdb opened it."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
