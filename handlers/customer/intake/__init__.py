"""What came in from customers, as they see it."""
