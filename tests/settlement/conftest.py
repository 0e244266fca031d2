from tests.fixtures.plugin import database_url, new_database, postgres_shop, shop, tables

__all__ = ["database_url", "new_database", "postgres_shop", "shop", "tables"]
