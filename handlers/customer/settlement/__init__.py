"""Settlement, as customers see it."""
