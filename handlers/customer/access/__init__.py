"""Access, as customers see it."""
