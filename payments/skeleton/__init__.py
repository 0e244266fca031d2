"""Writes the first lines of a further provider: see docs/new-provider.md."""
