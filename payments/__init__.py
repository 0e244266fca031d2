"""Payment providers: one file or folder for each way of being paid."""
