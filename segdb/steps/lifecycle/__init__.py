"""Lifecycle: what connects a run with the runs before it."""
