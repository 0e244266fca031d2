"""Checkout, as staff see it."""
