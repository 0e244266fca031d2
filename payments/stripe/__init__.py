"""Stripe: cards and more, through Checkout."""
