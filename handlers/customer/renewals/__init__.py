"""Renewals, as customers see it."""
