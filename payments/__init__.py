"""One file for each way of being paid."""
