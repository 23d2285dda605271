"""Features: one row of features a customer, from one GROUP BY over the orders."""
