"""The small matrix and what is computed of it: arrays in, frozen dataclasses out."""
