"""Lazy: a library, or one function of it, that is loaded when it is first used.

scikit-learn and SciPy take as long to load as a query and its answer together. A module names what
it may need, as type checkers read it and as Python runs it:

    if TYPE_CHECKING:
        from scipy.spatial.distance import cdist
    else:
        cdist = lazy("scipy.spatial.distance", "cdist")
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any


def lazy(module: str, name: str | None = None) -> Any:
    """Return a stand-in for a module, or for a function or class of it that is to be called.

    The stand-in of a class makes objects of it, and is not itself the class: ``isinstance`` asks
    the module for that.

    Args:
        module: its dotted name.
        name: what of it; None for the module.
    """
    return _Module(module) if name is None else _Callable(module, name)


class _Module(ModuleType):
    """A module that is loaded when something of it is first asked for."""

    def __getattr__(self, name: str) -> Any:
        value = getattr(import_module(self.__name__), name)
        # The next one who asks finds it here.
        setattr(self, name, value)
        return value


class _Callable:
    """A function or class of a module that is loaded at the first call."""

    def __init__(self, module: str, name: str) -> None:
        self._module, self._name = module, name
        self._target: Callable[..., Any] | None = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._target is None:
            self._target = getattr(import_module(self._module), self._name)
        return self._target(*args, **kwargs)
