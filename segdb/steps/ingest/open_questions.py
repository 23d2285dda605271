"""Open questions: read sources as far as they can be, and keep what only their owner knows."""

from __future__ import annotations

from dataclasses import replace

from segdb.config.settings import Settings
from segdb.engines.protocol import Database
from segdb.inspect.questions import OpenQuestionError
from segdb.inspect.schema_hints import SchemaHints
from segdb.steps.ingest.read_sources import read_sources
from segdb.steps.ingest.resolve_columns import Sources
from segdb.steps.ingest.user_sql import UserExpressions, check_functions, user_sql_errors
from segdb.steps.progress import Notes


def read_with_questions(
    store: Database, settings: Settings, orders: str | None, customers: str | None
) -> tuple[Sources, list[OpenQuestionError], tuple[str, ...]]:
    """Read the sources as far as they tell; return them, what is open, and what was inferred."""
    questions: list[OpenQuestionError] = []
    expressions = UserExpressions.of(settings)
    check_functions(store, expressions)
    while True:
        listener = Notes()
        roles = [entry.key for entry in questions if entry.section == "columns"]
        try:
            hints = replace(SchemaHints.of(settings), open_roles=roles)
            with user_sql_errors(store, expressions):
                sources = read_sources(store, hints, orders, customers, listener)
        except OpenQuestionError as question:
            asked = {(entry.section, entry.key) for entry in questions}
            if (question.section, question.key) in asked:
                raise
            questions.append(question)
            if question.section == "source":
                settings = settings.changed({"source": {question.key: question.choices[0]}})
        else:
            return sources, questions, tuple(listener.notes)
