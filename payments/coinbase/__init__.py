"""Coinbase: USDC through its Checkouts API."""
