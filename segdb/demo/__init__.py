"""Data to try segdb on: a real data set, and a shop that SQL makes up."""
