"""Bank transfers, as staff see it."""
