"""DuckDB: every side effect on a DuckDB database."""
