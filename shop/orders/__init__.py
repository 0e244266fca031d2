"""Orders, payments, ways to pay, and the health of providers."""
