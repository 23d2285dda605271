"""Threads: order, isolation, and nothing left behind."""

from __future__ import annotations

import warnings

import pytest
from sklearn import get_config
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import (  # type: ignore[import-untyped]
    threadpool_info,
    threadpool_limits,
)

from segdb.cluster.threads import in_threads


def allowed(kind: str) -> set[int]:
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == kind}


def test_results_come_in_the_order_of_the_items() -> None:
    assert in_threads(lambda item: item * 2, range(50)) == list(range(0, 100, 2))
    assert in_threads(str, []) == []


@pytest.mark.parametrize("threads", [1, 2])
def test_each_item_has_one_thread_and_the_caller_keeps_its_own(threads: int) -> None:
    assert KMeans.__name__  # scikit-learn brings OpenMP
    with threadpool_limits(threads):
        before = allowed("blas"), allowed("openmp")
        inside = in_threads(lambda _: (allowed("blas"), allowed("openmp")), range(4))
        assert inside == [({1}, {1})] * 4
        assert (allowed("blas"), allowed("openmp")) == before


def test_an_error_reaches_the_caller() -> None:
    with pytest.raises(ZeroDivisionError):
        in_threads(lambda item: 1 / item, [1, 0])


def test_no_convergence_warning_leaks() -> None:
    def warn(_: int) -> None:
        warnings.warn("fewer distinct clusters", ConvergenceWarning, stacklevel=1)

    in_threads(warn, range(3))
    with pytest.warns(ConvergenceWarning):
        warn(0)


def test_the_settings_of_scikit_learn_are_those_of_the_threads_alone() -> None:
    def checks(_: int) -> bool:
        return not get_config()["skip_parameter_validation"]

    assert in_threads(checks, range(3)) == [False] * 3
    assert checks(0)
