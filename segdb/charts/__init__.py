"""Charts: one a file. A module of this package that has a ``CHART`` is in the report."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from segdb.charts.chart import Chart


@cache
def all_charts() -> dict[str, Chart]:
    """Return every chart by the name of its file, in the order of the page."""
    found = {}
    for module in pkgutil.iter_modules(__path__):
        chart = getattr(importlib.import_module(f"{__name__}.{module.name}"), "CHART", None)
        if isinstance(chart, Chart):
            found[module.name] = chart
    return dict(sorted(found.items(), key=lambda item: (item[1].section, item[1].place, item[0])))
