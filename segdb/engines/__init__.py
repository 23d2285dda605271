"""Every side effect on a database: open, execute, fetch, materialise, publish."""
