"""Lazy: nothing is loaded before it is used."""

from __future__ import annotations

import subprocess
import sys

from segdb.lazy import lazy


def test_a_module_is_loaded_at_its_first_attribute() -> None:
    program = """
import sys
from segdb.lazy import lazy
module, function = lazy("colorsys"), lazy("sndhdr_is_not_there", "what")
assert "colorsys" not in sys.modules
assert module.rgb_to_hsv(0, 0, 0) == (0.0, 0.0, 0)
assert "colorsys" in sys.modules
try:
    function()
except ModuleNotFoundError as error:
    print(error.name)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "sndhdr_is_not_there\n"


def test_a_function_and_a_class_are_called_as_they_are() -> None:
    assert lazy("math", "hypot")(3, 4) == 5
    assert lazy("collections", "Counter")("aab").most_common(1) == [("a", 2)]


def test_classes_of_a_module_are_the_classes_themselves() -> None:
    assert isinstance(3, lazy("numbers").Integral)
