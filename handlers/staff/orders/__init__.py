"""Orders and how they are paid, for staff."""
