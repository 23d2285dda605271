"""Settings: the sections of segdb.toml, the first file for a source, and the playbook."""
