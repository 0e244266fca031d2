"""Subscriptions, accounts, stock, reminders, and the one question `may`."""
