"""The error tree: its drawing, its exit codes, and the nearest name."""

from __future__ import annotations

import inspect

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segdb import errors
from segdb.errors import SegdbError, nearest

TREE = {
    name: kind
    for name, kind in vars(errors).items()
    if inspect.isclass(kind) and issubclass(kind, SegdbError)
}
CODES = {
    "SegdbError": 4,
    "UserError": 2,
    "SettingsError": 2,
    "SourceError": 2,
    "DataError": 2,
    "NotPublishedError": 2,
    "GateError": 1,
    "LockedError": 3,
    "BusyError": 3,
    "PublishError": 4,
    "EngineError": 4,
}


def test_every_error_has_its_exit_code() -> None:
    assert {name: kind.exit_code for name, kind in TREE.items()} == CODES


@pytest.mark.parametrize("name", TREE)
def test_every_error_is_drawn_below_its_base(name: str) -> None:
    lines = (errors.__doc__ or "").splitlines()
    place = next(i for i, line in enumerate(lines) if f" {name} " in line)
    base = TREE[name].__base__
    if base is not Exception:
        assert base is not None
        above = next(i for i, line in enumerate(lines) if f" {base.__name__} " in line)
        assert above < place
        assert lines[place].index(name) > lines[above].index(base.__name__)
    if TREE[name].__base__ in {SegdbError, Exception} and name != "SegdbError":
        assert f"({CODES[name]})" in lines[place]


@pytest.mark.parametrize(
    ("name", "known", "words"),
    [
        ("recency", ["recency_days", "frequency"], " Did you mean 'recency_days'?"),
        ("frequncy", ["recency_days", "frequency"], " Did you mean 'frequency'?"),
        ("STOCKCODE", ["StockCode", "InvoiceNo"], " Did you mean 'StockCode'?"),
        ("zzz", ["b", "a"], " There is: a, b."),
        ("zzz", ["Lost, smaller orders", "Loyal"], " There is: Lost, smaller orders; Loyal."),
        ("zzz", [], ""),
        ("zzz", [str(n) for n in range(30)], "…."),
    ],
)
def test_nearest(name: str, known: list[str], words: str) -> None:
    assert nearest(name, known).endswith(words)


@settings(deadline=None)
@given(st.lists(st.text(min_size=1), min_size=1), st.data())
def test_a_known_name_is_its_own_nearest(known: list[str], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(known))
    said = nearest(name, known)
    assert any(
        said == f" Did you mean '{other}'?" for other in known if other.lower() == name.lower()
    )


def test_arguments_are_called_as_the_user_gives_them() -> None:
    assert errors.option("wait", "SECONDS") == "wait=SECONDS"
    assert (errors.option("force", True), errors.option("ids")) == ("force=True", "ids")
    token = errors.in_shell.set(True)
    try:
        assert errors.option("wait", "SECONDS") == "--wait SECONDS"
        assert (errors.option("force", True), errors.option("ids")) == ("--force", "--ids")
    finally:
        errors.in_shell.reset(token)


@pytest.mark.parametrize(
    ("given", "options", "shell", "python"),
    [
        (("run",), {}, "`segdb run`", "`segdb.run(…)`"),
        (("rollback", "3"), {}, "`segdb rollback 3`", "`segdb.rollback(3)`"),
        (("runs",), {}, "`segdb runs`", "`segdb.open(…).runs()`"),
        (("compile --dbt",), {}, "`segdb compile --dbt`", "`segdb.compile_dbt(…)`"),
        (
            ("query --sources",),
            {},
            "`segdb query --sources`",
            "`segdb.open(…, sources=True)`",
        ),
        (
            ("refresh",),
            {"orders": "SOURCE"},
            "`segdb refresh --orders SOURCE`",
            "`segdb.refresh(…, orders=SOURCE)`",
        ),
    ],
)
def test_a_command_is_called_as_the_caller_calls_it(
    given: tuple[str, ...], options: dict[str, str], shell: str, python: str
) -> None:
    assert errors.command(*given, **options) == python
    token = errors.in_shell.set(True)
    try:
        assert errors.command(*given, **options) == shell
    finally:
        errors.in_shell.reset(token)
