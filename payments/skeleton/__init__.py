"""Generates the first files of a new provider: see docs/new-provider.md."""
