"""Inspect: what the columns of a source are. Pure but for the small queries it asks."""

from segdb.inspect.attributes import numeric_attributes
from segdb.inspect.infer_schema import Understood, understand

__all__ = ["Understood", "numeric_attributes", "understand"]
