"""Driver: PySpark, which is an optional extra, and loaded where a cluster is named."""

from __future__ import annotations

import warnings
from types import ModuleType

from segdb.errors import SettingsError


def driver() -> ModuleType:
    """Return PySpark's SQL module.

    Raises:
        SettingsError: it is not installed.
    """
    try:
        with warnings.catch_warnings():
            # It warns of releases of pandas, through which no row goes here.
            warnings.simplefilter("ignore", FutureWarning)
            import pyspark.sql
    except ImportError:
        raise SettingsError("Spark needs PySpark: pip install 'segdb[spark]'.") from None
    module: ModuleType = pyspark.sql
    return module
