"""The command that holds the segments of earlier days against what came next."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from segdb.cli.as_json import print_json
from segdb.cli.guard import done, guarded
from segdb.cli.terminal import (
    Terminal,
    config_option,
    database_option,
    json_option,
    settings_of,
    wait_option,
    width,
)

_OUTCOMES = (
    "cut", "segment", "customers", "return_rate", "return_rate_low", "return_rate_high",
    "orders_per_customer", "revenue_per_customer", "revenue_share", "lift",
)  # fmt: skip
_RANKINGS = ("cut", "ranking", "gini", "top_10_share", "top_20_share", "auc")


@click.command()
@click.argument("source", required=False)
@click.option("--customers", help="Table of customers, where the run had one.")
@click.option(
    "--cut",
    "cuts",
    multiple=True,
    type=click.DateTime(["%Y-%m-%d"]),
    help="A day whose segments are tested; may be given several times.",
)
@click.option("--horizon", type=click.IntRange(1, 3650), help="Days to look ahead.")
@config_option
@database_option
@wait_option
@json_option
@guarded
def backtest(
    source: str | None,
    customers: str | None,
    cuts: tuple[datetime, ...],
    horizon: int | None,
    config: Path | None,
    database: str | None,
    wait: float,
    as_json: bool,
) -> None:
    """Hold the segments of earlier days against what their customers did next."""
    import pyarrow as pa

    from segdb.api import model
    from segdb.cli.table import grid

    settings = settings_of(config, database)
    listener = Terminal()
    named = {source for source in (settings.source.orders, settings.source.customers) if source}
    try:
        tested = model.backtest(
            source,
            customers,
            cuts=[cut.date() for cut in cuts],
            horizon=horizon,
            database=settings.place,
            schema=settings.publish.schema_,
            progress=listener,
            trusted=named,
            wait=wait,
            engine=settings.engine,
        )
        done(f"The backtest is written into {settings.place}")
    finally:
        listener.done()
    if as_json:
        print_json(
            {
                "outcomes": tested.outcomes,
                "rankings": tested.rankings,
                "calibration": tested.calibration,
                "verdicts": tested.verdicts,
            }
        )
        return
    for rows, columns in ((tested.outcomes, _OUTCOMES), (tested.rankings, _RANKINGS)):
        shown = [{name: row[name] for name in columns} for row in rows]
        click.echo(grid(pa.Table.from_pylist(shown), width()))
    for sentence in tested.verdicts:
        click.echo(sentence)
