"""PostgreSQL: the run where the data is; psycopg is an optional extra, segdb[postgres]."""
