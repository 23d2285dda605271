"""Expressions: pure Ibis, one file each, from a table to a table.

A stage never knows where its table came from, and compiles without a connection. A stage that
learns has a second pure function beside it, which returns the small aggregate to learn from.
"""
