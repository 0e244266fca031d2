"""Connectors to other people's systems that grant access, one file each."""
