"""What is written as TOML is read back by TOML's own reader."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segdb.formats.toml import toml_key, toml_value


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_comes_back(text: str) -> None:
    line = f"{toml_key(text)} = {toml_value(text)}"
    assert tomllib.loads(line) == {text: text}


@pytest.mark.parametrize("value", [3, True, 0.5, ["a", 'b"c'], []])
def test_other_values(value: object) -> None:
    assert tomllib.loads(f"key = {toml_value(value)}") == {"key": value}


def test_a_tuple_is_a_list() -> None:
    assert tomllib.loads(f"key = {toml_value(('a', 'b'))}") == {"key": ["a", "b"]}
