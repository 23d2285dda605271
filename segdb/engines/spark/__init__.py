"""Spark: a run on a cluster, through Spark Connect or a session of its own."""
