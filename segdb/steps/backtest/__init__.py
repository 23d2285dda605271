"""Backtest: the segments of an earlier day, and what their customers did next."""
