"""The books: migrations, queries and one module for each family of tables."""
