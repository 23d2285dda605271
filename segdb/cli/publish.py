"""What the commands that publish end with: the report, and what the run did."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from segdb.cli.as_json import print_json
from segdb.cli.guard import done
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

    listener = Terminal()
    if settings.source.orders is None and settings.source.customers is None:
        raise click.UsageError("Name a SOURCE, or set one in [source] of segdb.toml.")
    if ending.with_report:
        check_report(settings, force=ending.force)
    try:
        with run(settings=settings, progress=listener, wait=wait) as result:
            show(result, settings, listener, ending)
    finally:
        listener.done()


def check_report(settings: Settings, *, force: bool) -> None:
    """Refuse, before anything is done, to write the report over a file of someone else."""
    from segdb.api.files import check_target

    check_target(Path(settings.report.path), force=force, advice=NAME_ANOTHER)


def show(
    result: Result,
    settings: Settings,
    listener: Terminal,
    ending: Ending,
) -> None:
    """Write the report of a run, and say what the run did."""
    from segdb.cli import output

    path = settings.place
    done(f"Run {result.run_id} is published in {path}")
    written = None
    if ending.with_report:
        listener.step("Writing the report")
        try:
            written = Path(settings.report.path)
            result.report(written, force=ending.force, look=settings.report)
        except UserError as error:
            raise UserError(
                f"Run {result.run_id} is published in {path}; its report alone is not written. "
                f"{error}"
            ) from None
    listener.done()
    if ending.as_json:
        print_json(output.run_json(result, path, written))
    else:
        if listener.notes:
            click.echo(err=True)
        click.echo(output.run_text(result, path, written, settings), nl=False)
