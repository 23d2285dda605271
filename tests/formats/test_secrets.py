"""Passwords of URLs are not shown, wherever in the URL they stand."""

from __future__ import annotations

import pytest

from segdb.formats.secrets import has_password, without_passwords


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql://u:geheim@h/x", "postgresql://u:…@h/x"),
        ("postgresql://u:ge@heim@h:5432/x", "postgresql://u:…@h:5432/x"),
        ("postgresql://:geheim@h/x", "postgresql://:…@h/x"),
        (
            "postgresql://u@h/x?password=geheim&sslmode=require",
            "postgresql://u@h/x?password=…&sslmode=require",
        ),
        ("postgresql://h/x?sslpassword=geheim", "postgresql://h/x?sslpassword=…"),
        ('no host in URI: "postgresql://u:geheim@[::1"', 'no host in URI: "postgresql://u:…@[::1"'),
    ],
)
def test_a_password_is_hidden(text: str, shown: str) -> None:
    assert without_passwords(text) == shown
    assert has_password(text)
    assert "heim" not in without_passwords(text)


@pytest.mark.parametrize("text", ["postgresql://u@h:5432/x", "duckdb:///a:b@c", "orders.csv", ""])
def test_other_texts_stay(text: str) -> None:
    assert without_passwords(text) == text
    assert not has_password(text)
