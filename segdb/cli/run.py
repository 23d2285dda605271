"""Commands that make segments: run, refresh, demo, and init before them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from segdb.cli.as_json import print_json
from segdb.cli.guard import guarded
from segdb.cli.publish import Ending, check_report, run_and_show, show
from segdb.cli.terminal import (
    CONFIG,
    Terminal,
    config_option,
    database_option,
    force_option,
    json_option,
    settings_of,
    wait_option,
)

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
@force_option
@guarded
def run(
    source: str | None,
    customers: str | None,
    k: int | None,
    as_of: Any,
    config: Path | None,
    database: str | None,
    wait: float,
    as_json: bool,
    with_report: bool,
    force: bool,
) -> None:
    """Make segments of SOURCE (orders: a file, a glob, a table or a SELECT) and publish them."""
    settings = settings_of(config, database)
    given = {"orders": source, "customers": customers}
    settings = settings.changed({"source": {name: one for name, one in given.items() if one}})
    if k:
        settings = settings.changed({"cluster": {"k": k}})
    if as_of:
        settings = settings.model_copy(update={"as_of": as_of})
    run_and_show(settings, wait, Ending(as_json, with_report, force))


@click.command()
@click.option("--orders", help="Orders in the place of the run's own, with the same columns.")
@click.option("--customers", help="Customers in the place of the run's own.")
@click.option(
    "--sources",
    is_flag=True,
    help="Read the sources that the database names, also where nothing proves that your segdb "
    "named them.",
)
@config_option
@database_option
@wait_option
@json_option
@report_option
@force_option
@guarded
def refresh(
    orders: str | None,
    customers: str | None,
    sources: bool,
    config: Path | None,
    database: str | None,
    wait: float,
    as_json: bool,
    with_report: bool,
    force: bool,
) -> None:
    """Bring the tables up to date by the published model, without learning anew, and tell drift."""
    from segdb.api.publishing import refresh as refresh_api

    settings = settings_of(config, database)
    chosen = config or CONFIG.exists()
    named = (settings.source.orders, settings.source.customers)
    listener = Terminal()
    if with_report:
        check_report(settings, force=force)
    try:
        with refresh_api(
            orders,
            customers,
            database=settings.place,
            schema=settings.publish.schema_,
            progress=listener,
            trusted=[source for source in named if source is not None],
            sources=sources,
            wait=wait,
            engine=settings.engine if chosen else None,
        ) as result:
            if not chosen:
                # As the run was shown: its title and currency.
                look = result.settings.report.model_copy(update={"path": settings.report.path})
                settings = settings.model_copy(update={"report": look})
            show(result, settings, listener, Ending(as_json, with_report, force))
    finally:
        listener.done()


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
@force_option
@guarded
def demo(
    synthetic: bool,
    customers: int,
    seed: int,
    database: str | None,
    wait: float,
    as_json: bool,
    with_report: bool,
    force: bool,
) -> None:
    """Make segments of demo data: 2,469 real households, or a generated shop of any size."""
    from segdb.config.settings import parse
    from segdb.demo import complete_journey
    from segdb.demo import synthetic as shop

    values: dict[str, Any]
    if synthetic:
        values = shop.settings(customers, seed)
    else:
        values = complete_journey.settings(complete_journey.locate())
    if database:
        values["publish"] = {"database": database}
    run_and_show(parse(values), wait, Ending(as_json, with_report, force))


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
@json_option
@guarded
def init(
    source: str | None,
    customers: str | None,
    output: Path,
    force: bool,
    database: str | None,
    wait: float,
    as_json: bool,
) -> None:
    """Write segdb.toml for SOURCE, with what is inferred from it, commented."""
    from segdb.api.settings_file import init as write_settings

    notes = write_settings(source, customers, output, database, force=force, wait=wait)
    for words in notes:
        click.echo(words, err=True)
    if as_json:
        print_json({"settings": output, "notes": notes})
        return
    click.echo(f"Wrote {output}. Look it over, then: segdb run")
