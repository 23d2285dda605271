"""The command line: arguments in, words out. The only place that prints.

Imports of the rest of segdb are late, so that ``segdb --help`` does not wait for it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from segdb.errors import SegdbError

_CONFIG = Path("segdb.toml")
config_option = click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="Settings file; segdb.toml where there is one.",
)
database_option = click.option(
    "--database", type=click.Path(path_type=Path), help="The DuckDB file of the segments."
)
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
wait_option = click.option(
    "--wait", type=float, default=0, metavar="SECONDS", help="Wait while the database is locked."
)


def _guarded(command: Callable[..., None]) -> Callable[..., None]:
    """Turn errors into one paragraph and an exit code."""

    @wraps(command)
    def guarded(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except SegdbError as error:
            click.echo(f"Error: {error}", err=True)
            sys.exit(error.exit_code)
        except KeyboardInterrupt:
            click.echo("Stopped. The tables of the last run are as they were.", err=True)
            sys.exit(130)
        except click.exceptions.ClickException:
            raise
        except Exception as error:
            click.echo(
                f"Error: a fault of segdb, not yours ({type(error).__name__}: {error}). The tables "
                "of the last run are as they were. SEGDB_TRACEBACK=1 shows where it happened.",
                err=True,
            )
            if _traceback_wanted():
                raise
            sys.exit(4)

    return guarded


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="segdb")
def main() -> None:
    """Customer segments that live in the database.

    segdb turns a table of orders, a table of customers, or both, into segments: ordinary tables
    in DuckDB.
    """


@main.command()
@click.argument("source", required=False)
@click.option("--customers", help="Table of customers, beside the orders or alone.")
@click.option("--k", type=click.IntRange(2, 100), help="Number of segments; left out: chosen.")
@click.option("--as-of", type=click.DateTime(), help="Count days back from this moment.")
@config_option
@database_option
@wait_option
@json_option
@_guarded
def run(
    source: str | None,
    customers: str | None,
    k: int | None,
    as_of: Any,
    config: Path | None,
    database: Path | None,
    wait: float,
    as_json: bool,
) -> None:
    """Make segments of SOURCE (orders: a file, a glob, a table or a SELECT) and publish them."""
    settings = _settings(config, database)
    if source or customers:
        settings = settings.changed({"source": {"orders": source, "customers": customers}})
    if k:
        settings = settings.changed({"cluster": {"k": k}})
    if as_of:
        settings = settings.model_copy(update={"as_of": as_of})
    _run(settings, wait, as_json)


@main.command()
@click.option("--synthetic", is_flag=True, help="A generated shop instead of the real one.")
@click.option(
    "--customers",
    type=click.IntRange(min=50),
    default=5_000,
    show_default=True,
    help="Size of the generated shop.",
)
@click.option("--seed", type=int, default=42, show_default=True, help="Of the generated shop.")
@database_option
@wait_option
@json_option
@_guarded
def demo(
    synthetic: bool, customers: int, seed: int, database: Path | None, wait: float, as_json: bool
) -> None:
    """Make segments of demo data: 2,469 real households, or a generated shop of any size."""
    from segdb.demo import complete_journey
    from segdb.demo import synthetic as shop
    from segdb.settings import parse

    values: dict[str, Any]
    if synthetic:
        values = {"source": {"orders": shop.orders(customers, seed)}}
    else:
        values = complete_journey.settings(complete_journey.locate())
    if database:
        values["publish"] = {"database": str(database)}
    _run(parse(values), wait, as_json)


@main.command()
@click.argument("source", required=False)
@click.option("--customers", help="Table of customers, beside the orders or alone.")
@click.option("--output", type=click.Path(path_type=Path), default=_CONFIG, show_default=True)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@database_option
@_guarded
def init(
    source: str | None, customers: str | None, output: Path, force: bool, database: Path | None
) -> None:
    """Write segdb.toml for SOURCE, with what is inferred from it, commented."""
    from segdb.initial import write_settings

    notes = write_settings(source, customers, output, database, force=force)
    for words in notes:
        click.echo(words, err=True)
    click.echo(f"Wrote {output}. Look it over, then: segdb run")


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("question", required=False, metavar="NAME|SQL")
@click.argument("parameters", nargs=-1, type=click.UNPROCESSED)
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table")
@config_option
@database_option
@_guarded
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
    settings = _settings(config, database)
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


@main.command()
@config_option
@database_option
@json_option
@_guarded
def runs(config: Path | None, database: Path | None, as_json: bool) -> None:
    """List the runs that were published."""
    from segdb import words
    from segdb.compile import quoted
    from segdb.store.ask import ask

    settings = _settings(config, database)
    schema = settings.publish.schema_
    columns = "run_id, finished_at, as_of, rows_read, rows_rejected, customers, k, silhouette"
    sql = f"SELECT {columns} FROM {quoted(schema)}.runs ORDER BY run_id"  # noqa: S608
    table = ask(Path(settings.publish.database), schema, sql)
    if as_json:
        click.echo(json.dumps(table.to_pylist(), default=str))
    else:
        click.echo(words.grid(table), nl=False)


def _settings(config: Path | None, database: Path | None) -> Any:
    from segdb.settings import Settings, load

    found = config or (_CONFIG if _CONFIG.exists() else None)
    settings = load(found) if found else Settings()
    if database:
        settings = settings.changed({"publish": {"database": str(database)}})
    return settings


def _run(settings: Any, wait: float, as_json: bool) -> None:
    from segdb import words
    from segdb.api import run as run_api
    from segdb.store.duckdb import DuckDB

    listener = _Terminal()
    source = settings.source
    if source.orders is None and source.customers is None:
        run_api(settings=settings)
    path = Path(settings.publish.database)
    store = DuckDB.open(path, wait=wait)
    try:
        result = run_api(database=store.connection, settings=settings, progress=listener)
        listener.done()
        if as_json:
            click.echo(json.dumps(words.run_json(result, path), default=str, ensure_ascii=False))
        else:
            click.echo(words.run_text(result, path, settings), nl=False)
    finally:
        listener.done()
        store.close()


def _pairs(parameters: tuple[str, ...]) -> dict[str, str]:
    """Return ``--name value`` and ``--name=value`` as a mapping."""
    words = [part for word in parameters for part in word.split("=", 1)]
    if len(words) % 2 or not all(name.startswith("--") for name in words[::2]):
        raise click.UsageError("Parameters of a query are given as --name VALUE.")
    return {
        name.removeprefix("--"): value for name, value in zip(words[::2], words[1::2], strict=True)
    }


class _Terminal:
    """Shows the step under way on stderr, where that is a terminal; notes always go there."""

    def __init__(self) -> None:
        self.shown = sys.stderr.isatty()
        self.notes: list[str] = []

    def step(self, name: str) -> None:
        if self.shown:
            click.echo(f"\r\x1b[K{name} …", nl=False, err=True)

    def note(self, words: str) -> None:
        self.notes.append(words)
        self.done()
        click.echo(words, err=True)

    def done(self) -> None:
        if self.shown:
            click.echo("\r\x1b[K", nl=False, err=True)


def _traceback_wanted() -> bool:
    import os

    return bool(os.environ.get("SEGDB_TRACEBACK"))
