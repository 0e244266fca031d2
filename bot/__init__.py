"""The process: what wakes the shop, and the one place that knows all of its parts."""
