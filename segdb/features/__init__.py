"""Features: one declared object each, in files by family; ``catalogue`` picks those of a run."""
