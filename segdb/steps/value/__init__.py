"""Customer value: learned, and applied to the customers of a run."""
