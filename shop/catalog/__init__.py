"""Products, their prices and their texts."""
