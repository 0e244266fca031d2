"""Other people's systems that are not money, one file each."""
