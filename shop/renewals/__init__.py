"""Saved payment methods, automatic charges, Star subscriptions."""
