"""Threads: independent computations side by side, each on one thread and so the same every time.

A sum that several threads share depends in its last bits on who came first. Here each item is
computed by one thread alone, and the threads share the items: nothing depends on their number,
and no thread waits for another at every step, which is what slows K-Means most on a busy machine.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

from segdb.cluster.libraries import cpu_count, sklearn


@cache
def _libraries(modules: tuple[str, ...]) -> ThreadpoolController:  # noqa: ARG001 - what is asked of
    """The libraries with threads that came with these modules, looked for once."""
    return ThreadpoolController()


T = TypeVar("T")
R = TypeVar("R")


# Below so many rows NumPy's calls take microseconds, and threads wait for Python's lock: two of
# them take half as much processor time again as one, and no less time.
LEAST_ROWS = 10_000


def in_threads(
    function: Callable[[T], R], items: Iterable[T], *, rows: int = LEAST_ROWS, fits: bool = True
) -> list[R]:
    """Return ``function`` of each item, in their order.

    As many run at once as there are processors, or fewer where threadpoolctl or OMP_NUM_THREADS
    allow fewer; inside of each, the libraries of NumPy and scikit-learn keep to one thread. Where
    an item computes with fewer than 10,000 ``rows`` at a time, one runs after another.
    scikit-learn's ConvergenceWarning is silent: it tells of rows that coincide in one of many
    fits, and the caller says in its own words when that matters.

    Args:
        function: what is computed of an item.
        items: the items.
        rows: how many an item computes with.
        fits: whether it takes scikit-learn, which is loaded for it.
    """
    silenced = [sklearn.exceptions.ConvergenceWarning] if fits else []
    controller = _libraries(_loaded())
    allowed = [library["num_threads"] for library in controller.info()]
    workers = max(1, min([cpu_count(), *allowed])) if rows >= LEAST_ROWS else 1

    # OpenMP counts threads by thread and BLAS by process, hence the one in each and one around.
    def alone() -> None:
        # scikit-learn's settings belong to the thread. On few rows, checking the parameters of
        # each fit takes an eighth of it, and they are the program's own.
        if fits:
            sklearn.set_config(skip_parameter_validation=True)
        controller.limit(limits=1, user_api="openmp")

    with (
        # Warning filters belong to the process too.
        warnings.catch_warnings(),
        controller.limit(limits=1, user_api="blas"),
        ThreadPoolExecutor(workers, initializer=alone) as pool,
    ):
        for category in silenced:
            warnings.simplefilter("ignore", category)
        return list(pool.map(function, items))


def _loaded() -> tuple[str, ...]:
    """Return which modules with threads of their own are loaded by now."""
    return tuple(name for name in ("scipy.linalg", "sklearn") if name in sys.modules)
