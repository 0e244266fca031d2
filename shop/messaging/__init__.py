"""The inbox, the outbox, and what people are told."""
