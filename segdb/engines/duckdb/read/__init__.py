"""Readers: files, tables and frames become relations of DuckDB, every value as it was written."""
