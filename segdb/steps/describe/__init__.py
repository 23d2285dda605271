"""Describe: profiles, names, rules and statistics of the segments."""
