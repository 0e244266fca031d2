from tests.house.fixtures import new_database

__all__ = ["new_database"]
