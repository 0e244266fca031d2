"""The desk, as staff see it."""
