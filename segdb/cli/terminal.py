"""What the commands share: options, settings, and progress."""

from __future__ import annotations

import shutil
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from segdb.cli.as_json import listen_to
from segdb.errors import SettingsError

if TYPE_CHECKING:
    from segdb.checks.warning import DataWarning
    from segdb.config.settings import Settings

CONFIG = Path("segdb.toml")
NAME_ANOTHER = "Name another file, with --output or in [report] path."
config_option = click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="Settings file; segdb.toml where there is one.",
)
database_option = click.option(
    "--database",
    "--engine",
    "database",
    help="The DuckDB file of the segments, or a URL: postgresql://user@host/name, sc://host:15002.",
)
json_option = click.option(
    "--json", "as_json", is_flag=True, help="JSON on stdout, also of an error."
)
force_option = click.option(
    "--force", is_flag=True, help="Write over files that segdb did not write, too."
)
wait_option = click.option(
    "--wait",
    type=click.FloatRange(min=0),
    default=0,
    metavar="SECONDS",
    help="Wait while the database is locked.",
)


def settings_of(config: Path | None, database: str | None) -> Settings:
    """Return the settings of the file, or of segdb.toml, or the defaults.

    Raises:
        SettingsError: they are wrong, or a segdb.toml that merely lies here writes elsewhere.
    """
    from segdb.config.settings import Settings, load

    implied = config is None and CONFIG.exists()
    settings = load(CONFIG if config is None else config) if config or implied else Settings()
    if implied:
        _refuse_elsewhere(settings)
    if database:
        url = database if "://" in database else None
        changes = {"engine": {"url": url}} if url else {"publish": {"database": database}}
        settings = settings.changed({"engine": {"url": None}}).changed(changes)
    return settings


def published_place(config: Path | None, database: str | None) -> dict[str, str]:
    """Return where the published tables are, as the arguments of what reads them.

    Without a settings file none are validated, which takes as long as a query does.

    Raises:
        SettingsError: as ``settings_of``.
    """
    from segdb.api.database import WAREHOUSE

    if config is None and not CONFIG.exists() and "://" not in (database or ""):
        return {"database": database or WAREHOUSE}
    settings = settings_of(config, database)
    return {"database": settings.place, "schema": settings.publish.schema_}


def _refuse_elsewhere(settings: Settings) -> None:
    """Refuse a file that nobody named and that has something written outside of its folder."""
    here = Path.cwd().resolve()
    places = {
        "[report] path": settings.report.path,
        "[engine] temp_directory": settings.engine.temp_directory,
    }
    for key, place in places.items():
        if place is not None and not (here / place).resolve().is_relative_to(here):
            raise SettingsError(
                f"{CONFIG} in this folder sets {key} = {place!r}, which is outside of the folder. "
                f"Where you trust the file, name it: --config {CONFIG}. Else take the line out."
            )


def width() -> int | None:
    """Return how many characters a line of stdout has; None where it is no terminal."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


class Terminal:
    """Shows the step under way on stderr, where that is a terminal; notes always go there."""

    def __init__(self) -> None:
        self.shown = sys.stderr.isatty()
        self.notes: list[str] = []
        self.warnings: list[DataWarning] = []
        listen_to(self.warnings)

    def step(self, name: str) -> None:
        """Show the step that begins."""
        if self.shown:
            _write(f"\r\x1b[K{name} …", end="")

    def note(self, words: str) -> None:
        """Print what the user should know."""
        self.notes.append(words)
        self.done()
        _write(words)

    def warn(self, warning: DataWarning) -> None:
        """Keep a warning; what the command says last shows it."""
        self.warnings.append(warning)

    def done(self) -> None:
        """Wipe the step away."""
        if self.shown:
            _write("\r\x1b[K", end="")


def _write(words: str, end: str = "\n") -> None:
    # Nobody may be listening any more, and the run goes on.
    with suppress(OSError):
        click.echo(words + end, nl=False, err=True)
