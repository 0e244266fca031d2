"""Who is not served, for staff."""
