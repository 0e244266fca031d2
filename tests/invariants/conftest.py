from tests.fixtures.plugin import new_database

__all__ = ["new_database"]
