"""What the shop needs of the outside, as Protocols that payments and connectors fulfil."""
