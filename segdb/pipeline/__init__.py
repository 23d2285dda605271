"""The pipeline: every step of each job, read from top to bottom. It alone knows the order."""
