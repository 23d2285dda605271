"""Commands that ask the published tables: query and runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from segdb.cli.terminal import config_option, database_option, guarded, json_option, settings_of


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("question", required=False, metavar="NAME|SQL")
@click.argument("parameters", nargs=-1, type=click.UNPROCESSED)
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table")
@config_option
@database_option
@guarded
def query(
    question: str | None,
    parameters: tuple[str, ...],
    form: str,
    config: Path | None,
    database: Path | None,
) -> None:
    """Ask the published tables: a named query, or a SELECT. Without either, list the queries.

    A named query takes its parameters as options: segdb query customers --segment Champions
    """
    from segdb import queries, words
    from segdb.store.ask import ask

    if question is None:
        for one in queries.all_queries().values():
            options = " ".join(f"--{name}" for name in one.defaults)
            click.echo(f"{one.name:<20} {one.question} {options}".rstrip())
        return
    settings = settings_of(config, database)
    schema = settings.publish.schema_
    values: dict[str, Any] = {}
    sql = question
    if " " not in question.strip():
        named = queries.named(question)
        sql, values = named.on(schema), named.values(_pairs(parameters))
    elif parameters:
        raise click.UsageError(f"A SELECT takes no '{parameters[0]}'.")
    table = ask(Path(settings.publish.database), schema, sql, values)
    if form == "json":
        click.echo(json.dumps(table.to_pylist(), default=str, ensure_ascii=False))
    else:
        click.echo(words.csv_text(table) if form == "csv" else words.grid(table), nl=False)


@click.command()
@config_option
@database_option
@json_option
@guarded
def runs(config: Path | None, database: Path | None, as_json: bool) -> None:
    """List the runs that were published."""
    from segdb import words
    from segdb.compile import quoted
    from segdb.store.ask import ask

    settings = settings_of(config, database)
    schema = settings.publish.schema_
    columns = "run_id, finished_at, as_of, rows_read, rows_rejected, customers, k, silhouette"
    sql = f"SELECT {columns} FROM {quoted(schema)}.runs ORDER BY run_id"  # noqa: S608
    table = ask(Path(settings.publish.database), schema, sql)
    if as_json:
        click.echo(json.dumps(table.to_pylist(), default=str))
    else:
        click.echo(words.grid(table), nl=False)


def _pairs(parameters: tuple[str, ...]) -> dict[str, str]:
    """Return ``--name value`` and ``--name=value`` as a mapping."""
    words = [part for word in parameters for part in word.split("=", 1)]
    if len(words) % 2 or not all(name.startswith("--") for name in words[::2]):
        raise click.UsageError("Parameters of a query are given as --name VALUE.")
    return {
        name.removeprefix("--"): value for name, value in zip(words[::2], words[1::2], strict=True)
    }
