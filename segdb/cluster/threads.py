"""Threads: independent computations side by side, each on one thread and so the same every time.

A sum that several threads share depends in its last bits on who came first. Here each item is
computed by one thread alone, and the threads share the items: nothing depends on their number,
and no thread waits for another at every step, which is what slows K-Means most on a busy machine.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from joblib import cpu_count  # type: ignore[import-untyped]
from sklearn import set_config
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]


@cache
def _libraries() -> ThreadpoolController:
    """The libraries with threads, looked for once: all of them are there after the imports."""
    return ThreadpoolController()


T = TypeVar("T")
R = TypeVar("R")


# Below so many rows NumPy's calls take microseconds, and threads wait for Python's lock: two of
# them take half as much processor time again as one, and no less time.
LEAST_ROWS = 10_000


def in_threads(
    function: Callable[[T], R], items: Iterable[T], *, rows: int = LEAST_ROWS
) -> list[R]:
    """Return ``function`` of each item, in their order.

    As many run at once as there are processors, or fewer where threadpoolctl or OMP_NUM_THREADS
    allow fewer; inside of each, the libraries of NumPy and scikit-learn keep to one thread. Where
    an item computes with fewer than 10,000 ``rows`` at a time, one runs after another.
    scikit-learn's ConvergenceWarning is silent: it tells of rows that coincide in one of many
    fits, and the caller says in its own words when that matters.
    """
    controller = _libraries()
    allowed = [library["num_threads"] for library in controller.info()]
    workers = max(1, min([cpu_count(), *allowed])) if rows >= LEAST_ROWS else 1

    # OpenMP counts threads by thread and BLAS by process, hence the one in each and one around.
    def alone() -> None:
        # scikit-learn's settings belong to the thread. On few rows, checking the parameters of
        # each fit takes an eighth of it, and they are the program's own.
        set_config(skip_parameter_validation=True)
        controller.limit(limits=1, user_api="openmp")

    with (
        # Warning filters belong to the process too.
        warnings.catch_warnings(action="ignore", category=ConvergenceWarning),
        controller.limit(limits=1, user_api="blas"),
        ThreadPoolExecutor(workers, initializer=alone) as pool,
    ):
        return list(pool.map(function, items))
