"""Pure functions and values: no clock, no database, no network."""
