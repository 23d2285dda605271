"""The benchmarks run when they are asked for by name, and not with every test."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--orders",
        default="1,10",
        help="Sizes of the shop, in million orders, by commas; 1,10 without it.",
    )
    parser.addoption("--full", action="store_true", help="100 million orders as well.")
    parser.addoption("--only", default="", help="Names of contenders, by commas; all without it.")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    asked = any("benchmarks" in str(argument) for argument in config.args)
    inside = HERE in collection_path.parents
    return True if inside and not asked else None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "millions" in metafunc.fixturenames:
        sizes = [float(part) for part in metafunc.config.getoption("--orders").split(",")]
        sizes += [100.0] if metafunc.config.getoption("--full") else []
        metafunc.parametrize("millions", sizes, ids=lambda size: f"{size:g} million orders")
