"""Messages: whoever calls segdb from Python is told of Python, and not of a shell."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import segdb
from segdb.cli import main

ROOT = Path(segdb.__file__).parent
COMMANDS = "|".join(main.commands)
# A command or an option as one gives it in a shell.
IN_SHELL = re.compile(rf"`segdb\b|\bsegdb (?:{COMMANDS})\b|(?<![\w(<{{-])--[a-z]|(?<=\s)--$")
# What no caller of Python is told, or both are: file below segdb/, and why.
ALLOWED = {
    "api/result.py": "the repr of a result, of the run of that number",
    "config/init_file.py": "lines of a file that the command line reads",
    "config/init_lines.py": "lines of a file that the command line reads",
    "contract/comparison.py": "descriptions that are stored in the database",
    "contract/runs.py": "descriptions that are stored in the database",
    "demo/complete_journey.py": "the demo is a command alone; and options of pip",
    "errors.py": "where both are written",
    "exports/dbt_project.py": "a comment in the files of a package",
    "report/export.py": "a comment in a file",
    "report/page.py": "a style sheet",
}


def messages(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every text of a module with its line, but docstrings and what `command` is given."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    left_out: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr):
            left_out.add(id(node.body[0].value))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "command":
            left_out.update(map(id, node.args))
    for node in ast.walk(tree):
        is_left_out = id(node) in left_out
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and not is_left_out:
            yield node.lineno, node.value


def of_a_shell(text: str) -> list[str]:
    """Return the lines of a module whose texts speak of a shell."""
    found = messages(ast.parse(text))
    return [f"line {line}: {words!r}" for line, words in found if IN_SHELL.search(words)]


MODULES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py"))


@pytest.mark.parametrize("name", [name for name in MODULES if not name.startswith("cli/")])
def test_a_message_names_no_command_as_a_shell_does(name: str) -> None:
    lines = of_a_shell((ROOT / name).read_text("utf-8"))
    if name in ALLOWED:
        assert lines, f"{name} needs no exception any more"
    else:
        assert not lines, f"{name}: use segdb.errors.command and option. {lines}"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("raise E('`segdb run` makes one.')", 1),
        ("raise E(f'{a}. `segdb rollback {b}` does.')", 1),
        ("raise E('Name it: segdb init orders.csv')", 1),
        ("raise E('Give --wait SECONDS.')", 1),
        ("raise E(f'Give --{name} FILE.')", 1),
        ("'''Run by `segdb run`.'''\nx = 'segdb makes segments -- of all'", 0),
        ("x = f'{command(\"compile --dbt\")} does'", 0),
    ],
)
def test_it_is_found(text: str, number: int) -> None:
    assert len(of_a_shell(text)) == number
