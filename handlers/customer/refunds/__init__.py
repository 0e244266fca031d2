"""Refunds, as customers see it."""
