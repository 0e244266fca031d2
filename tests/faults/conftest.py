from tests.crash.conftest import preview, telegram_url
from tests.house.fixtures import new_database

__all__ = ["new_database", "preview", "telegram_url"]
