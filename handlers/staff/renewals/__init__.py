"""Renewals, as staff see them."""
