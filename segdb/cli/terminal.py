"""What the commands share: options, settings, errors as words, and progress."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from segdb.errors import SegdbError

if TYPE_CHECKING:
    from segdb.checks.warning import DataWarning
    from segdb.settings import Settings

CONFIG = Path("segdb.toml")
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


def guarded(command: Callable[..., None]) -> Callable[..., None]:
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
            if os.environ.get("SEGDB_TRACEBACK"):
                raise
            sys.exit(4)

    return guarded


def settings_of(config: Path | None, database: Path | None) -> Settings:
    """Return the settings of the file, or of segdb.toml, or the defaults."""
    from segdb.settings import Settings, load

    found = config or (CONFIG if CONFIG.exists() else None)
    settings = load(found) if found else Settings()
    if database:
        settings = settings.changed({"publish": {"database": str(database)}})
    return settings


def width() -> int | None:
    """Return how many characters a line of stdout has; None where it is no terminal."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


class Terminal:
    """Shows the step under way on stderr, where that is a terminal; notes always go there."""

    def __init__(self) -> None:
        self.shown = sys.stderr.isatty()
        self.notes: list[str] = []
        self.warnings: list[DataWarning] = []

    def step(self, name: str) -> None:
        """Show the step that begins."""
        if self.shown:
            click.echo(f"\r\x1b[K{name} …", nl=False, err=True)

    def note(self, words: str) -> None:
        """Print what the user should know."""
        self.notes.append(words)
        self.done()
        click.echo(words, err=True)

    def warn(self, warning: DataWarning) -> None:
        """Keep a warning; what the command says last shows it."""
        self.warnings.append(warning)

    def done(self) -> None:
        """Wipe the step away."""
        if self.shown:
            click.echo("\r\x1b[K", nl=False, err=True)
