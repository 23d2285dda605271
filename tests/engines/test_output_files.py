"""Outputs: pictures carry a mark by which segdb knows what it wrote."""

from __future__ import annotations

from pathlib import Path

from segdb.engines.output_files import is_ours, marked_png, marked_svg
from segdb.report.write import write


def test_pictures_carry_the_mark(tmp_path: Path) -> None:
    png = b"\x89PNG\r\n\x1a\n" + bytes(25) + b"rest"
    assert not is_ours(write(tmp_path / "a.png", png))
    assert is_ours(write(tmp_path / "b.png", marked_png(png)))
    assert not is_ours(write(tmp_path / "a.svg", '<svg width="1"><g/></svg>'))
    assert is_ours(write(tmp_path / "b.svg", marked_svg('<svg width="1"><g/></svg>')))
