"""Use: what is done with a published run: score, export, compare."""
