"""The wallet, as customers see it."""
