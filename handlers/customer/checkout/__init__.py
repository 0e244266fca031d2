"""Checkout, as customers see it."""
