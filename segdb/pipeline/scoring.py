"""Score: the customers of a source in the segments of a run."""

from __future__ import annotations

from dataclasses import replace

from segdb.engines.protocol import Database
from segdb.inspect.schema_hints import SchemaHints
from segdb.steps.ingest.read_sources import read_sources
from segdb.steps.ingest.user_sql import UserExpressions, check_functions, user_sql_errors
from segdb.steps.lifecycle.load_run import stored_run
from segdb.steps.progress import Progress
from segdb.steps.use.score import (
    Scored,
    ScoringJob,
    assign_customers,
    recipe_as_the_run,
    save_scores,
    settings_of_run,
    summarize_scores,
)


def score(store: Database, schema: str, job: ScoringJob, progress: Progress) -> Scored:
    """Assign the customers of a source to the segments of a run; its own tables stay.

    Raises:
        SourceError: a source cannot be read, or is not one that the run had.
        DataError: no customer is left.
        SettingsError: the table or file cannot be written, or is someone else's.
    """
    job.check_target()
    with store.attached():
        run = stored_run(store, schema, job.run_id)
        settings = settings_of_run(run, job)
        hints = replace(SchemaHints.of(settings), run_id=run.run_id)
        expressions = UserExpressions.of(settings)
        check_functions(store, expressions)
        progress.step("Reading the sources")
        with user_sql_errors(store, expressions):
            sources = read_sources(store, hints, job.orders, job.customers, progress)
        recipe = recipe_as_the_run(run, settings, sources)
        progress.step("Scoring")
        assigned, rejected = assign_customers(store, sources, recipe, run.model)
        scored = summarize_scores(store, run, assigned, rejected)
        save_scores(store, schema, run, assigned, job.into)
        return scored
