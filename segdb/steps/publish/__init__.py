"""Publish: the contents of each published table, and what must hold before."""
