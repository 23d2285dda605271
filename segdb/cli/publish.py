"""What the commands that publish end with: the report, and what the run did."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from segdb.cli.guard import publishing
from segdb.cli.terminal import NAME_ANOTHER, Terminal
from segdb.errors import UserError

if TYPE_CHECKING:
    from segdb.api.result import Result
    from segdb.config.settings import Settings


class Ending(NamedTuple):
    """What a command that publishes ends with.

    Attributes:
        as_json: what it did is said as JSON.
        with_report: the report is written.
        force: over a file that segdb did not write, too.
    """

    as_json: bool
    with_report: bool
    force: bool


def run_and_show(settings: Settings, wait: float, ending: Ending) -> None:
    """Make segments by the settings, publish them, and say so."""
    from segdb.api.publishing import run
    from segdb.engines.duckdb.database import DuckDB

    listener = Terminal()
    if settings.source.orders is None and settings.source.customers is None:
        raise click.UsageError("Name a SOURCE, or set one in [source] of segdb.toml.")
    path, schema = Path(settings.publish.database), settings.publish.schema_
    if ending.with_report:
        check_report(settings, force=ending.force)
    store = DuckDB.open(path, wait=wait, engine=settings.engine)
    try:
        with publishing(store, path, schema):
            result = run(database=store.connection, settings=settings, progress=listener)
            show(result, path, settings, listener, ending)
    finally:
        listener.done()
        store.close()


def check_report(settings: Settings, *, force: bool) -> None:
    """Refuse, before anything is done, to write the report over a file of someone else."""
    from segdb.engines.output_files import refuse_foreign

    refuse_foreign([Path(settings.report.path)], force=force, advice=NAME_ANOTHER)


def show(
    result: Result,
    path: Path,
    settings: Settings,
    listener: Terminal,
    ending: Ending,
) -> None:
    """Write the report of a run, and say what the run did."""
    from segdb.cli import output
    from segdb.report.page import render
    from segdb.report.write import write

    written = None
    if ending.with_report:
        listener.step("Writing the report")
        try:
            page = render(result.select, settings)
            check_report(settings, force=ending.force)
            written = write(Path(settings.report.path), page)
        except UserError as error:
            raise UserError(
                f"Run {result.run_id} is published in {path}; its report alone is not written. "
                f"{error}"
            ) from None
    listener.done()
    if ending.as_json:
        summary = output.run_json(result, path, written)
        click.echo(json.dumps(summary, default=str, ensure_ascii=False))
    else:
        if listener.notes:
            click.echo(err=True)
        click.echo(output.run_text(result, path, written, settings), nl=False)
