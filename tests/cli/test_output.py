"""Words: answers as tables and as JSON."""

from __future__ import annotations

import shlex
from pathlib import Path

import segdb
from segdb.cli import output
from segdb.config.settings import parse
from tests.steps import shops


def test_long_settings_are_cut_for_a_terminal() -> None:
    from segdb.steps.lifecycle.diff_runs import Difference

    source = {"name": "source.orders", "before": "SELECT\n" + "x, " * 99, "after": None}
    found = Difference([], [source], [], [], [], None)
    text = output.difference_text(found, 1, 2)
    assert max(map(len, text.splitlines())) < 120
    assert "SELECT x, x," in text
    assert "Not known any more" in text


def test_what_to_ask_next_can_be_pasted(tmp_path: Path) -> None:
    path = tmp_path / "our shop.duckdb"
    with shops.opened() as connection:
        made = segdb.run("shop", database=connection, settings=shops.settings("orders"))
        text = output.run_text(made, str(path), None, parse({}))
    asked = next(shlex.split(line) for line in text.splitlines() if line.startswith("Next:"))
    assert asked == ["Next:", "segdb", "query", "segment_value", "--database", str(path)]
