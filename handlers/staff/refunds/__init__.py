"""Refunds, as staff see it."""
