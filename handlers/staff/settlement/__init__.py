"""Settlement, as staff see it."""
