"""Preprocess: fills, bounds, transforms and scales are learned; features are excluded."""
