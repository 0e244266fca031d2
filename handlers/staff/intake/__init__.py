"""What came in and waits for staff, such as proofs of bank transfers."""
