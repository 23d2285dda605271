"""The documentation: what it names is there, and what is there is named."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import click
import pytest

from segdb import contract
from segdb.cli import main
from segdb.config.settings import parse
from segdb.named_queries import all_queries

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
PAGES += [ROOT / "warehouse" / name for name in ("README.md", "BI.md")]
PAGES += [ROOT / "reports" / "README.md"]


def commands(group: click.Group, prefix: str = "") -> dict[str, click.Command]:
    """Every command by its words, those of a group with it."""
    found: dict[str, click.Command] = {}
    for name, command in group.commands.items():
        found[prefix + name] = command
        if isinstance(command, click.Group):
            found |= commands(command, f"{prefix}{name} ")
    return found


COMMANDS = commands(main)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_help_and_is_in_the_readme(name: str) -> None:
    command = COMMANDS[name]
    assert command.help
    assert f"segdb {name}" in README
    for parameter in command.params:
        if isinstance(parameter, click.Option) and not parameter.hidden:
            assert parameter.help, parameter.name


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_what_a_locked_database_says_to_do_can_be_done(name: str) -> None:
    options = {option for parameter in COMMANDS[name].params for option in parameter.opts}
    assert ("--database" in options) == ("--wait" in options)


@pytest.mark.parametrize("table", contract.TABLES, ids=lambda table: table.name)
def test_every_table_is_in_the_readme(table: contract.Table) -> None:
    assert f"`{table.name}`" in README


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


def test_settings_of_the_readme_are_settings() -> None:
    blocks = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    assert blocks
    for block in blocks:
        parse(tomllib.loads(block))


def test_queries_of_the_readme_are_there() -> None:
    for name in re.findall(r"segdb query ([a-z_]+)", README):
        assert name in all_queries(), name


def test_makefile_has_the_two_commands() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for command in ("make demo", "make test"):
        assert command in README
        assert re.search(rf"^{command.removeprefix('make ')}:", makefile, re.MULTILINE)
