"""The books: migrations, queries in files, one module a family of tables."""
