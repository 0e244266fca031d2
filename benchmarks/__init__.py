"""What is fast, and how it grows: `make bench`, or `python -m benchmarks [name…]`."""
