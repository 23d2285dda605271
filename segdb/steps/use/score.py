"""Score: customers of another source, put into the segments of a stored run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir

from segdb.config.settings import Settings
from segdb.engines.duckdb.read.readers import files_of
from segdb.engines.protocol import Database
from segdb.engines.publishing.scores import check_file, save_file, save_table
from segdb.errors import DataError, SourceError, in_shell, nearest, option
from segdb.expressions.assign import labelled
from segdb.expressions.ctes import as_select
from segdb.expressions.distributions import uncapped_fill
from segdb.expressions.scoring_chain import Recipe, chain
from segdb.model import Model
from segdb.steps.ingest.resolve_columns import Sources, recipe_of
from segdb.steps.lifecycle.load_run import StoredRun
from segdb.user_sql import UserSQL


@dataclass(frozen=True)
class Scored:
    """What scoring did, and how far the customers are from what the model learned.

    Attributes:
        run_id: the run whose model it was.
        customers: how many were scored.
        segments: customers by the name of their segment, in the order of the segments.
        beyond_caps: share of the customers with a feature outside of the model's bounds; None
            for a model without bounds.
        beyond_by_feature: the same of each feature that has bounds.
        mean_margin: mean of their margins, 0 on the border to 1.
        rejected: rows by (source, reason) that could not be scored.
    """

    run_id: int
    customers: int
    segments: Mapping[str, int]
    beyond_caps: float | None
    beyond_by_feature: Mapping[str, float]
    mean_margin: float
    rejected: Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class ScoringJob:
    """What is to be scored, by which model, and where the labels go.

    Attributes:
        orders: a path, table, SELECT or frame; None for a run without orders.
        customers: likewise.
        run_id: whose model; None for the last run's.
        as_of: the moment days count back from; None for the run's setting, and without one for
            the midnight after the last order.
        into: a table of the schema, or the path of a csv, tsv or parquet file. Its columns are
            those of ``segments``.
        force: write over a file that segdb did not write, too.
    """

    orders: object = None
    customers: object = None
    run_id: int | None = None
    as_of: datetime | None = None
    into: str | Path = "scored_customers"
    force: bool = False

    def check_target(self) -> None:
        """Refuse a file that is a source, or that segdb did not write.

        Raises:
            SettingsError: it is one.
        """
        if isinstance(self.into, Path):
            sources = (*files_of(self.orders), *files_of(self.customers))
            check_file(self.into, sources, force=self.force)


def settings_of_run(run: StoredRun, job: ScoringJob) -> Settings:
    """Return the settings of a run, with the columns that it inferred named in them.

    Raises:
        SourceError: a source is missing, or is not one that the run had.
    """
    _check_sources(run, {"orders": job.orders, "customers": job.customers})
    name = "orders" if "orders" in run.recipe.readings else "customers"
    roles: Mapping[Any, str] = run.recipe.readings[name].roles
    declared = run.settings.changed({"columns": dict(roles)})
    return declared.model_copy(update={"as_of": job.as_of or run.settings.as_of})


def recipe_as_the_run(run: StoredRun, settings: Settings, sources: Sources) -> Recipe:
    """Return how the sources are read and cleaned, as the run did.

    Raises:
        SourceError: a source lacks a column that the model reads.
    """
    recipe = recipe_of(settings.clean, settings.as_of, sources)
    _check_columns(sources, run)
    return replace(recipe, complete=run.recipe.complete, within=run.recipe.within)


def _check_sources(run: StoredRun, sources: Mapping[str, object]) -> None:
    learned = f"The model of run {run.run_id} was learned from {' and '.join(run.sources)}"
    how = {
        "orders": "a SOURCE" if in_shell.get() else "orders",
        "customers": option("customers", "SOURCE"),
    }
    for name, source in sources.items():
        if source is None and name in run.sources:
            raise SourceError(f"{learned}, and no {name} were given: {how[name]} names them.")
        if source is not None and name not in run.sources:
            needed = " and ".join(how[source] for source in run.sources)
            raise SourceError(
                f"{learned} alone, and {name} were given as well: give {needed} alone."
            )


def _check_columns(sources: Sources, run: StoredRun) -> None:
    """Say at once what the model reads and the sources lack."""
    for entry in run.model.catalogue.entries:
        source = "orders" if entry.column is None else "customers"
        wanted = [] if entry.column is None else [entry.column]
        if entry.sql is not None:
            parsed = UserSQL.parse(entry.name, entry.sql, "features.sql", aggregate=True)
            wanted = [*parsed.columns]
        columns = sources.columns(source)
        for column in wanted:
            if column.lower() not in columns:
                raise SourceError(
                    f"The model's feature {entry.name} reads the column '{column}', which the "
                    f"{source} do not have.{nearest(column, columns.values())} Where a column has "
                    "it under another name, rename it in a SELECT."
                )


def assign_customers(
    store: Database, sources: Sources, recipe: Recipe, model: Model
) -> tuple[ir.Table, dict[tuple[str, str], int]]:
    """Return every customer with ``nearest`` and ``margin``, and the rejected rows by reason."""
    counted_rows = {"orders": sources.orders, "customers": sources.customers}
    raw = {name: source[0].table for name, source in counted_rows.items() if source}
    stages = chain(raw, recipe, model)
    rejected: dict[tuple[str, str], int] = {}
    for name in raw:
        through = list(stages)[: list(stages).index(f"{name}_clean") + 1]
        validated = store.view(
            "segdb_validated",
            as_select({n: stages[n] for n in through}, {}, store.compile, store.once),
        )
        rejected |= _reasons(store, name, validated)
    stages.pop("segments")
    assigned = store.table("segdb_scored", as_select(stages, {}, store.compile, store.once))
    return assigned, rejected


def _reasons(store: Database, source: str, validated: ir.Table) -> dict[tuple[str, str], int]:
    rows = validated.filter(validated.reason.notnull())
    counted = rows.copies.sum() if "copies" in validated.columns else rows.count()
    counted_rows = store.rows(rows.group_by("reason").agg(n=counted).order_by("reason"))
    return {(source, row["reason"]): int(row["n"]) for row in counted_rows}


def summarize_scores(
    store: Database, run: StoredRun, assigned: ir.Table, rejected: Mapping[tuple[str, str], int]
) -> Scored:
    """Return the sizes of the segments, and how far the customers are from what was learned.

    Raises:
        DataError: no customer is left.
    """
    bounded = [p for p in run.model.matrix if p.lower is not None or p.upper is not None]
    outside: dict[str, ir.BooleanValue] = {}
    for p in bounded:
        value = assigned[p.feature].fill_null(uncapped_fill(p))
        far = [value < p.lower] if p.lower is not None else []
        far += [value > p.upper] if p.upper is not None else []
        outside[p.feature] = far[0] if len(far) == 1 else far[0] | far[1]
    shares = {f"beyond_{i}": _share(condition) for i, condition in enumerate(outside.values())}
    if outside:
        shares["beyond"] = _share(ibis.or_(*outside.values()))
    row = store.rows(assigned.agg(n=assigned.count(), margin=assigned.margin.mean(), **shares))[0]
    if not row["n"]:
        reasons = ", ".join(f"{reason}: {count:,}" for (_, reason), count in rejected.items())
        raise DataError(
            f"No customer is left to score ({reasons or 'the source has no rows'}). Is as_of "
            "before the orders, or the source another one than the model knows?"
        )
    sizes = store.rows(assigned.group_by("nearest").agg(n=assigned.count()))
    by_place = {place["nearest"]: int(place["n"]) for place in sizes}
    return Scored(
        run_id=run.run_id,
        customers=int(row["n"]),
        segments={s.name: by_place.get(i, 0) for i, s in enumerate(run.model.segments)},
        beyond_caps=float(row["beyond"]) if outside else None,
        beyond_by_feature={f: float(row[f"beyond_{i}"]) for i, f in enumerate(outside)},
        mean_margin=float(row["margin"]),
        rejected=rejected,
    )


def _share(condition: ir.BooleanValue) -> ir.FloatingScalar:
    return condition.cast("float64").mean()


def save_scores(
    store: Database, schema: str, run: StoredRun, assigned: ir.Table, into: str | Path
) -> None:
    """Write the labels into a table of the schema, or a file.

    Raises:
        SettingsError: the table or file cannot be written, or is someone else's.
    """
    rows = labelled(assigned, run.model).mutate(run_id=ibis.literal(run.run_id).cast("int64"))
    if isinstance(into, Path):
        save_file(store, into, rows)
    else:
        save_table(store, schema, into, rows, f"by the model of run {run.run_id}.")
