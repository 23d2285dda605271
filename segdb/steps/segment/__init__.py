"""Segment: K-Means on the compact matrix, the choice of k, and refinement over all customers."""
