"""Refresh: evaluates a stored model on the customers of today without refitting."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace
from typing import Any

from segdb.cluster.fixed_silhouette import fixed_silhouettes
from segdb.config.sections import Cluster
from segdb.config.settings import Settings
from segdb.config.source_section import as_setting
from segdb.contract import K_SELECTION, RUNS, SEGMENT_PROFILES
from segdb.engines.protocol import Database
from segdb.engines.publishing.integrity import require
from segdb.engines.raw_source import Raw
from segdb.errors import SourceError, command, in_shell, nearest, option
from segdb.expressions.distributions import statistics
from segdb.expressions.preprocess import transformed
from segdb.model import Model
from segdb.source_schema import Reading
from segdb.sql_text import quoted
from segdb.steps.features.build_features import BuiltFeatures
from segdb.steps.ingest.resolve_columns import Sources
from segdb.steps.lifecycle.load_run import StoredRun
from segdb.steps.preprocess.covariance import measured
from segdb.steps.preprocess.learn import Learned, correlations_of
from segdb.steps.preprocess.options import PreprocessOptions
from segdb.steps.preprocess.pca import pca_of
from segdb.steps.progress import Progress
from segdb.steps.segment.cluster_metrics import quality_from
from segdb.steps.segment.fit import Fitted
from segdb.steps.segment.sampling import matrices
from segdb.steps.segment.scaled_customers import ScaledCustomers

# What only the run that learned can tell.
_NEEDED = {
    RUNS: (
        "matrix_rows",
        "matrix_inertia",
        "unrefined_inertia",
        "refine_steps",
        "verdict",
        "clear",
    ),
    K_SELECTION: (),
    SEGMENT_PROFILES: ("segment_id", "stability"),
}


def read_as_then(
    store: Database,
    run: StoredRun,
    progress: Progress,
    orders: object = None,
    customers: object = None,
    trusted: Container[object] = (),
) -> Sources:
    """Read the sources of a run again, each column as it was read then.

    Args:
        store: the database to read into.
        run: the run.
        progress: receives messages and warnings.
        orders: a source in the place of the run's own; None for that one.
        customers: likewise.
        trusted: of the run's own sources, which may be read where nothing proves them.

    Raises:
        SourceError: the run had no such source, it cannot be read, lacks a column, or may be
            what someone else wrote into the database.
    """

    def one(name: Any, given: object) -> tuple[Raw, Reading] | None:
        reading = run.recipe.readings.get(name)
        if reading is None:
            if given is not None:
                raise SourceError(f"Run {run.run_id} was made without {name}; leave them out.")
            return None
        stored = run.settings.source.orders if name == "orders" else run.settings.source.customers
        source = stored if given is None else given
        by_name = command("refresh", **{name: "SOURCE"})
        if source is None:
            raise SourceError(
                f"The {name} of run {run.run_id} were a frame, which is gone. Give them again: "
                f"{by_name}."
            )
        in_file = ", or in [source] of segdb.toml" if in_shell.get() else ""
        if given is None and not (run.proven or source in trusted):
            raise SourceError(
                f"The database names {source!r} as the {name} of run {run.run_id}, and nothing "
                f"proves that your segdb wrote that. Name them yourself: {by_name}{in_file}. Or "
                f"trust the file: {option('sources', True)}."
            )
        then = run.sources[name]
        raw = store.read(name, source, run.settings.source, then.options.get("encoding"))
        for words in raw.notes:
            progress.note(words)
        for warning in raw.warnings:
            progress.warn(warning)
        _check_columns(raw, then, reading)
        return _narrowed(store, name, raw, reading), reading

    return Sources(one("orders", orders), one("customers", customers))


def reading_from(settings: Settings, orders: object, customers: object) -> Settings:
    """Return the settings of a run that reads other sources; a frame leaves none to read again."""
    sources = {"orders": orders, "customers": customers}
    named = {name: as_setting(source) for name, source in sources.items() if source is not None}
    source = settings.source.model_copy(update=named)
    return settings.model_copy(update={"source": source})


def reads_the_same(sources: Sources, run: StoredRun) -> bool:
    """Whether the orders are read from where a run read them, as far as that can be told."""
    if sources.orders is None:
        return False
    return sources.orders[0].definition == run.sources["orders"].definition


def _narrowed(store: Database, name: str, raw: Raw, reading: Reading) -> Raw:
    """Return a source with the columns that it had in the run: duplicates are found by them."""
    names = [column.name for column in reading.columns]
    if set(names) == set(raw.table.columns):
        return raw
    columns = ", ".join(quoted(column) for column in names)
    definition = raw.definition
    return replace(
        raw,
        table=store.view(f"segdb_{name}_then", raw.table.select(*names)),
        definition=None
        if definition is None
        else f"SELECT {columns} FROM ({definition}) AS source",  # noqa: S608
    )


def _check_columns(raw: Raw, then: Raw, reading: Reading) -> None:
    schema, before = raw.table.schema(), then.table.schema()
    for column in reading.columns:
        if column.name not in schema:
            raise SourceError(
                f"{raw.origin} has no column '{column.name}' any more."
                f"{nearest(column.name, schema.names)} Where it is meant to be so, "
                f"{command('run')} learns anew."
            )
        now, kind = schema[column.name], before[column.name]
        if not kind.is_unknown() and now != kind and (now.is_string() or kind.is_string()):
            raise SourceError(
                f"The column '{column.name}' of {raw.origin} was {kind} and is {now} now. Where it "
                f"is meant to be so, {command('run')} learns anew."
            )


def measure_by_model(
    store: Database, options: PreprocessOptions, built: BuiltFeatures, model: Model
) -> Learned:
    """Return the statistics of the features, by the parameters of a stored model.

    Args:
        store: where the customers are.
        options: how the model scaled.
        built: the customers.
        model: what was learned.
    """
    parameters = model.parameters
    columns, names = [p.column for p in parameters], [p.feature for p in parameters]
    few = built.customers <= options.matrix_rows
    logged = transformed(built.features, parameters)
    row = measured(store, logged, columns, options.scale, few=few)
    correlations = correlations_of(names, row)
    known = store.rows(statistics(built.features, names))[0]
    pca = pca_of(row, parameters)
    return Learned(parameters, correlations, model.score_edges, known, pca)


def evaluate_fixed_model(
    store: Database, schema: str, settings: Cluster, run: StoredRun, scaled: ScaledCustomers
) -> Fitted:
    """Return the segments of a run, validated on the customers of today.

    What only learning tells, such as the stability and the evidence for other numbers of segments,
    is that of the run.

    Args:
        store: where the customers are, with the run still published.
        schema: where its tables are.
        settings: the size of the matrix, and the seed.
        run: the published run.
        scaled: the customers of today.
    """
    model = run.model
    centroids = tuple(segment.centroid for segment in model.segments)
    drawn = matrices(store, settings, scaled)
    groups = drawn.distances.quality(centroids)
    quality = quality_from(groups, centroids, scaled.squares)
    silhouette, silhouettes = fixed_silhouettes(
        drawn.compact, drawn.uniform, centroids, settings.seed
    )
    for table, columns in _NEEDED.items():
        require(store, schema, table, *columns)
    runs = store.stored(schema, RUNS.name)
    stored_row = store.rows(runs.filter(runs.run_id == run.run_id))[0]
    evidence = store.rows(store.stored(schema, K_SELECTION.name).order_by("k"))
    profiles = store.rows(store.stored(schema, SEGMENT_PROFILES.name))
    stabilities = {
        # A run of an older release has no errors.
        row["segment_id"]: (row["stability"], row.get("stability_error"))
        for row in profiles
    }
    of_segments = [stabilities.get(s.segment_id, (None, None)) for s in model.segments]
    return Fitted(
        centroids=centroids,
        inertia=quality.inertia,
        silhouette=silhouette,
        stability=next((row["stability"] for row in evidence if row["selected"]), None),
        silhouettes=silhouettes,
        stabilities=tuple(stability for stability, _ in of_segments),
        stability_errors=tuple(error for _, error in of_segments),
        smallest_share=min(quality.sizes) / scaled.number,
        matrix_rows=stored_row["matrix_rows"],
        matrix_inertia=stored_row["matrix_inertia"],
        unrefined_inertia=stored_row["unrefined_inertia"],
        refine_steps=stored_row["refine_steps"],
        verdict=stored_row["verdict"],
        clear=stored_row["clear"],
        k_selection=tuple(evidence),
    )
