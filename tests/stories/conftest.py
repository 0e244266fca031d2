from tests.house.fixtures import database_url, new_database, shop, tables

__all__ = ["database_url", "new_database", "shop", "tables"]
