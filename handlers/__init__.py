"""Every door into the shop, a folder for each kind of caller."""
