"""Driver: PySpark, which is an optional extra, and loaded where a cluster is named."""

from __future__ import annotations

import logging
import sys
import warnings
from types import ModuleType
from typing import Any

from segdb.errors import SettingsError


def driver() -> ModuleType:
    """Return PySpark's SQL module.

    Raises:
        SettingsError: it is not installed.
    """
    try:
        # Through pandas no row goes here.
        warnings.filterwarnings("ignore", "PySpark does not yet fully support", FutureWarning)
        import pyspark.sql
    except ImportError:
        raise SettingsError("Spark needs PySpark: pip install 'segdb[spark]'.") from None
    # What the cluster refuses is raised, and said once.
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
    module: ModuleType = pyspark.sql
    return module


def storage_level() -> Any:
    """Return the class that says where an executor keeps rows."""
    driver()
    return sys.modules["pyspark"].StorageLevel
