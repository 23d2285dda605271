"""The charts as pictures."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from segdb.charts import CHARTS
from segdb.charts.theme import SEGMENTS
from segdb.errors import UserError
from segdb.report.pictures import write_pictures
from tests.report.conftest import Get

Drawn = Callable[[str], list[Path]]


@pytest.fixture(scope="module")
def svgs(made: Get, tmp_path_factory: pytest.TempPathFactory) -> Drawn:
    """Draw the charts of a shop, each shop once."""
    folder = tmp_path_factory.mktemp("pictures")

    @cache
    def drawn(name: str) -> list[Path]:
        one = made(name)
        return list(write_pictures(one.store.fetch, one.settings, folder / name / "new", "svg"))

    return drawn


@pytest.mark.parametrize("name", ["most", "bare"])
def test_each_chart_of_the_report_is_an_svg_that_stands_alone(
    made: Get, svgs: Drawn, name: str
) -> None:
    one, files = made(name), svgs(name)
    drawn = set(re.findall(r'data-chart="(\w+)"', one.html))
    assert {file.stem for file in files} == drawn <= set(CHARTS)
    for file in files:
        text = file.read_text("utf-8")
        root = ET.fromstring(text)  # noqa: S314 - ours
        assert root.tag.endswith("svg")
        assert "var(--" not in re.sub(r"<text.*?</text>|aria-label=\"[^\"]*\"", "", text)
        assert not re.search(r"<script|<image|href=", text)


def test_heads_of_a_grid_are_level_where_there_is_room(svgs: Drawn) -> None:
    slanted = {}
    for name in ("least", "most"):
        grid = next(f for f in svgs(name) if f.stem == "rfm_grid").read_text("utf-8")
        slanted[name] = "rotate(-35)" in grid
    assert slanted == {"least": False, "most": True}


def test_a_png_is_sharp_and_in_colour(made: Get, svgs: Drawn, tmp_path: Path) -> None:
    one = made("least")
    files = write_pictures(one.store.fetch, one.settings, tmp_path, "png")
    for file in files:
        data = file.read_bytes()
        assert data.startswith(b"\x89PNG")
        assert int.from_bytes(data[16:20]) >= 1_000
    assert SEGMENTS[0] in next(f for f in svgs("least") if f.stem == "size_balance").read_text(
        "utf-8"
    )


def test_a_folder_that_cannot_be_made_is_said(made: Get, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="cannot be made"):
        write_pictures(made("least").store.fetch, made("least").settings, tmp_path / "file", "svg")
