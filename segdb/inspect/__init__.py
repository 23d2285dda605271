"""Inspect: what the columns of a source are. Pure but for the small queries it asks."""
