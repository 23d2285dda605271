"""Files that are whole or not there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from segdb.errors import UserError
from segdb.report.write import folder, write


def test_writes_and_replaces_and_leaves_nothing_beside(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "report.html"
    for content in ("one é", "two"):
        assert write(path, content) == path
        assert path.read_text("utf-8") == content
    assert write(path, b"\x00").read_bytes() == b"\x00"
    assert list(path.parent.iterdir()) == [path]


def test_others_may_read_what_the_mask_lets_them(tmp_path: Path) -> None:
    mask = os.umask(0o022)
    try:
        assert write(tmp_path / "x", "x").stat().st_mode & 0o777 == 0o644
    finally:
        os.umask(mask)


def test_a_folder_in_its_place_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is a folder; name a file in it"):
        write(tmp_path, "x")


def test_a_file_in_the_place_of_the_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match=r"folder .*file.* cannot be made"):
        write(tmp_path / "file" / "report.html", "x")
    with pytest.raises(UserError, match="cannot be made"):
        folder(tmp_path / "file")


def test_a_failure_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "report.html", "old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(UserError, match=r"report\.html cannot be written: No space left"):
        write(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
