"""The command that asks the published tables: query."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from segdb.cli.as_json import print_json
from segdb.cli.guard import guarded
from segdb.cli.terminal import (
    Terminal,
    config_option,
    database_option,
    published_place,
    wait_option,
    width,
)

if TYPE_CHECKING:
    from segdb.named_queries import Query


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
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@guarded
def query(
    question: str | None,
    parameters: tuple[str, ...],
    form: str,
    sources: bool,
    config: Path | None,
    database: str | None,
    wait: float,
    as_json: bool,
) -> None:
    """Ask the published tables: a named query, or a SELECT. Without either, list the queries.

    A named query takes its parameters as options: segdb query customers --segment Champions
    """
    from segdb import named_queries
    from segdb.api import reading
    from segdb.cli import output
    from segdb.cli.table import grid

    if as_json:
        form = "json"
    if question is None and form == "json":
        print_json([_described(query) for query in named_queries.all_queries().values()])
        return
    if question is None:
        for one in named_queries.all_queries().values():
            options = " ".join(f"--{name}" for name in one.parameters)
            click.echo(f"{one.name:<20} {one.question} {options}".rstrip())
        return
    place = published_place(config, database)
    if parameters and named_queries.is_sql(question):
        raise click.UsageError(f"A SELECT takes no '{parameters[0]}'.")
    table = reading.query(
        question,
        _pairs(parameters),
        **place,
        sources=sources,
        progress=Terminal(),
        wait=wait,
    )
    if form == "json":
        print_json(table.to_pylist())
    else:
        click.echo(output.csv_text(table) if form == "csv" else grid(table, width()), nl=False)


def _described(query: Query) -> dict[str, object]:
    return {"name": query.name, "question": query.question, "parameters": list(query.parameters)}


def _pairs(parameters: tuple[str, ...]) -> dict[str, str]:
    """Return ``--name value`` and ``--name=value`` as a mapping."""
    words = [part for word in parameters for part in word.split("=", 1)]
    if len(words) % 2 or not all(name.startswith("--") for name in words[::2]):
        raise click.UsageError("Parameters of a query are given as --name VALUE.")
    return {
        name.removeprefix("--"): value for name, value in zip(words[::2], words[1::2], strict=True)
    }
