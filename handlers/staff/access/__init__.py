"""Access, as staff see it."""
