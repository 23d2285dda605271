"""The API: JSON in, JSON out, below ``/api/v1``."""
