"""The journal, and receipts."""
