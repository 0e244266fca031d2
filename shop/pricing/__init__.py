"""From prices to what is worth saying of them; it only reckons."""
