"""The process: its command line, its loops, and the one place that knows every part."""
