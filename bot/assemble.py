"""The only file that names concrete payment providers and connectors."""
