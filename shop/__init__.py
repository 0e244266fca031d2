"""The rules and the books; imports nothing of the house."""
