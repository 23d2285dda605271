"""Ingest: sources are read, columns are resolved, every row is reconciled."""
