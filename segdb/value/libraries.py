"""Libraries: what of SciPy ``value/`` calls, loaded at the first call: see ``segdb.lazy``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segdb.lazy import lazy

__all__ = ["digamma", "eigh_tridiagonal", "gammaln", "minimize"]

if TYPE_CHECKING:
    from scipy.linalg import eigh_tridiagonal
    from scipy.optimize import minimize
    from scipy.special import digamma, gammaln
else:
    eigh_tridiagonal = lazy("scipy.linalg", "eigh_tridiagonal")
    minimize = lazy("scipy.optimize", "minimize")
    digamma = lazy("scipy.special", "digamma")
    gammaln = lazy("scipy.special", "gammaln")
