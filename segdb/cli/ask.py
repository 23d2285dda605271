"""The command that asks the published tables: query."""

from __future__ import annotations

from pathlib import Path

import click

from segdb.cli.guard import guarded
from segdb.cli.terminal import (
    config_option,
    database_option,
    settings_of,
    wait_option,
    width,
)


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("question", required=False, metavar="NAME|SQL")
@click.argument("parameters", nargs=-1, type=click.UNPROCESSED)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
    help="Of the answer.",
)
@click.option(
    "--sources",
    is_flag=True,
    help="Let segments_live read the files that the last run read, also where nothing proves that "
    "your segdb ran it.",
)
@config_option
@database_option
@wait_option
@guarded
def query(
    question: str | None,
    parameters: tuple[str, ...],
    form: str,
    sources: bool,
    config: Path | None,
    database: Path | None,
    wait: float,
) -> None:
    """Ask the published tables: a named query, or a SELECT. Without either, list the queries.

    A named query takes its parameters as options: segdb query customers --segment Champions
    """
    from segdb import named_queries
    from segdb.cli import output
    from segdb.cli.table import grid
    from segdb.engines.duckdb.readonly_query import asking

    if question is None:
        for one in named_queries.all_queries().values():
            options = " ".join(f"--{name}" for name in one.parameters)
            click.echo(f"{one.name:<20} {one.question} {options}".rstrip())
        return
    settings = settings_of(config, database)
    schema = settings.publish.schema_
    named = None if named_queries.is_sql(question) else named_queries.named(question)
    if named is None and parameters:
        raise click.UsageError(f"A SELECT takes no '{parameters[0]}'.")
    values = named.values(_pairs(parameters)) if named else {}
    with asking(Path(settings.publish.database), schema, wait, sources=sources) as select:
        for said in named.check(values, select) if named else []:
            click.echo(said, err=True)
        table = select(named.on(schema) if named else question, values)
    if form == "json":
        click.echo(output.json_text(table.to_pylist()))
    else:
        click.echo(output.csv_text(table) if form == "csv" else grid(table, width()), nl=False)


def _pairs(parameters: tuple[str, ...]) -> dict[str, str]:
    """Return ``--name value`` and ``--name=value`` as a mapping."""
    words = [part for word in parameters for part in word.split("=", 1)]
    if len(words) % 2 or not all(name.startswith("--") for name in words[::2]):
        raise click.UsageError("Parameters of a query are given as --name VALUE.")
    return {
        name.removeprefix("--"): value for name, value in zip(words[::2], words[1::2], strict=True)
    }
