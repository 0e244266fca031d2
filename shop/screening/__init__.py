"""Rules against fraud, and the blocklist."""
