"""Value: the probability models of orders and of their amounts, learned with SciPy."""
