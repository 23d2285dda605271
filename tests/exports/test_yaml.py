"""YAML as others read it."""

from __future__ import annotations

import pytest

from segdb.exports.yaml import plain, to_yaml

VALUES = {
    "name": 'He said "yes": no # comment',
    "list": ["a", 1, None, True, {"x": 1, "y": ["- z", "ü"]}],
    "empty": [],
    "deep": {"er": {"est": 0.5}},
    "lines": "one\ntwo",
}


def test_yaml_reads_back() -> None:
    yaml = pytest.importorskip("yaml", reason="PyYAML comes with dbt")
    assert yaml.safe_load(to_yaml(VALUES, "made\nhere")) == VALUES


def test_jinja_gives_the_text_back() -> None:
    jinja2 = pytest.importorskip("jinja2")
    text = "a {{ b }} {% c %} {# d #} {e}"
    assert jinja2.Template(plain(text)).render() == text
