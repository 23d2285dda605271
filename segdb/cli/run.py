"""Commands that make segments: run, refresh, demo, and init before them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from segdb.cli.terminal import (
    CONFIG,
    Terminal,
    config_option,
    database_option,
    guarded,
    json_option,
    settings_of,
    wait_option,
)
from segdb.errors import UserError

if TYPE_CHECKING:
    from segdb.api import Result
    from segdb.settings import Settings

report_option = click.option(
    "--report/--no-report", "with_report", default=True, help="Write the HTML report at the end."
)


@click.command()
@click.argument("source", required=False)
@click.option("--customers", help="Table of customers, beside the orders or alone.")
@click.option("--k", type=click.IntRange(2, 100), help="Number of segments; left out: chosen.")
@click.option("--as-of", type=click.DateTime(), help="Count days back from this moment.")
@config_option
@database_option
@wait_option
@json_option
@report_option
@guarded
def run(
    source: str | None,
    customers: str | None,
    k: int | None,
    as_of: Any,
    config: Path | None,
    database: Path | None,
    wait: float,
    as_json: bool,
    with_report: bool,
) -> None:
    """Make segments of SOURCE (orders: a file, a glob, a table or a SELECT) and publish them."""
    settings = settings_of(config, database)
    given = {"orders": source, "customers": customers}
    settings = settings.changed({"source": {name: one for name, one in given.items() if one}})
    if k:
        settings = settings.changed({"cluster": {"k": k}})
    if as_of:
        settings = settings.model_copy(update={"as_of": as_of})
    _run(settings, wait, as_json, with_report)


@click.command()
@click.option("--orders", help="Orders in the place of the run's own, with the same columns.")
@click.option("--customers", help="Customers in the place of the run's own.")
@config_option
@database_option
@wait_option
@json_option
@report_option
@guarded
def refresh(
    orders: str | None,
    customers: str | None,
    config: Path | None,
    database: Path | None,
    wait: float,
    as_json: bool,
    with_report: bool,
) -> None:
    """Bring the tables up to date by the published model, without learning anew, and tell drift."""
    from segdb.api import refresh as refresh_api
    from segdb.steps.stored import stored_run
    from segdb.store.duckdb import DuckDB

    settings = settings_of(config, database)
    path, schema = Path(settings.publish.database), settings.publish.schema_
    listener = Terminal()
    store = DuckDB.open(path, existing=True, wait=wait, engine=settings.engine)
    try:
        if not config and not CONFIG.exists():
            # As the run was made and shown: its memory, its title and currency.
            own = stored_run(store, schema).settings
            store.limit(own.engine)
            settings = settings.model_copy(update={"report": own.report})
        result = refresh_api(
            orders, customers, database=store.connection, schema=schema, progress=listener
        )
        _told(result, path, settings, listener, as_json=as_json, with_report=with_report)
    finally:
        listener.done()
        store.close()


@click.command()
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
@report_option
@guarded
def demo(
    synthetic: bool,
    customers: int,
    seed: int,
    database: Path | None,
    wait: float,
    as_json: bool,
    with_report: bool,
) -> None:
    """Make segments of demo data: 2,469 real households, or a generated shop of any size."""
    from segdb.demo import complete_journey
    from segdb.demo import synthetic as shop
    from segdb.settings import parse

    values: dict[str, Any]
    if synthetic:
        values = shop.settings(customers, seed)
    else:
        values = complete_journey.settings(complete_journey.locate())
    if database:
        values["publish"] = {"database": str(database)}
    _run(parse(values), wait, as_json, with_report)


@click.command()
@click.argument("source", required=False)
@click.option("--customers", help="Table of customers, beside the orders or alone.")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=CONFIG,
    show_default=True,
    help="Where to.",
)
@click.option(
    "--force",
    is_flag=True,
    help="Write over a file that is there; its [source] still says how text is read.",
)
@database_option
@wait_option
@guarded
def init(
    source: str | None,
    customers: str | None,
    output: Path,
    force: bool,
    database: Path | None,
    wait: float,
) -> None:
    """Write segdb.toml for SOURCE, with what is inferred from it, commented."""
    from segdb.initial import write_settings

    notes = write_settings(source, customers, output, database, force=force, wait=wait)
    for words in notes:
        click.echo(words, err=True)
    click.echo(f"Wrote {output}. Look it over, then: segdb run")


def _run(settings: Settings, wait: float, as_json: bool, with_report: bool) -> None:
    from segdb.api import run as run_api
    from segdb.store.duckdb import DuckDB

    listener = Terminal()
    if settings.source.orders is None and settings.source.customers is None:
        raise click.UsageError("Name a SOURCE, or set one in [source] of segdb.toml.")
    path = Path(settings.publish.database)
    store = DuckDB.open(path, wait=wait, engine=settings.engine)
    try:
        result = run_api(database=store.connection, settings=settings, progress=listener)
        _told(result, path, settings, listener, as_json=as_json, with_report=with_report)
    finally:
        listener.done()
        store.close()


def _told(
    result: Result,
    path: Path,
    settings: Settings,
    listener: Terminal,
    *,
    as_json: bool,
    with_report: bool,
) -> None:
    """Write the report of a run, and say what the run did."""
    from segdb import words
    from segdb.report.page import render
    from segdb.report.write import write

    written = None
    if with_report:
        listener.step("Writing the report")
        try:
            written = write(Path(settings.report.path), render(result.query, settings))
        except UserError as error:
            raise UserError(
                f"Run {result.run_id} is published in {path}; its report alone is not written. "
                f"{error}"
            ) from None
    listener.done()
    if as_json:
        told = words.run_json(result, path, written)
        click.echo(json.dumps(told, default=str, ensure_ascii=False))
    else:
        if listener.notes:
            click.echo(err=True)
        click.echo(words.run_text(result, path, written, settings), nl=False)
