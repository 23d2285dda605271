"""Vega's scripts, kept between reports."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import vl_convert

from segdb.report import bundle

LONG = "x" * 300_000


@pytest.fixture
def makes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    made: list[str] = []

    def make(_: str, vl_version: str) -> str:
        made.append(vl_version)
        return LONG

    monkeypatch.setattr(vl_convert, "javascript_bundle", make)
    return made


def test_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, makes: list[str]) -> None:
    monkeypatch.setattr(bundle, "cache_folder", lambda: tmp_path / "new")
    assert bundle.bundle() == bundle.bundle() == LONG
    assert len(makes) == 1
    assert len(list((tmp_path / "new").iterdir())) == 1


def test_a_file_that_was_cut_off_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, makes: list[str]
) -> None:
    monkeypatch.setattr(bundle, "cache_folder", lambda: tmp_path)
    bundle.bundle()
    next(tmp_path.iterdir()).write_text("xxx")
    assert bundle.bundle() == LONG
    assert len(makes) == 2


def test_without_a_cache_it_still_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, makes: list[str]
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(bundle, "cache_folder", lambda: tmp_path / "file" / "folder")
    assert bundle.bundle() == LONG
    assert len(makes) == 1


def test_the_folder_follows_the_custom_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    monkeypatch.setattr("sys.platform", "linux")
    assert bundle.cache_folder() == Path("/somewhere/segdb")
    monkeypatch.setattr("sys.platform", "darwin")
    assert bundle.cache_folder().parts[-2:] == ("Caches", "segdb")


def test_the_real_one_cannot_end_its_script_element() -> None:
    text = bundle.bundle()
    assert "window.vegaEmbed" in text
    assert not re.search(r"</script|<!--", text, re.IGNORECASE)


def test_safe_changes_nothing_but_what_would_end_the_element() -> None:
    assert bundle.safe("a</script>b<!--c") == "a<\\/script>b<\\!--c"
