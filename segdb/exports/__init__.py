"""Exports: what was learned as plain SQL, for other engines and for dbt, with no segdb in it."""
