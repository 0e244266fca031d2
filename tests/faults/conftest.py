from tests.crash.conftest import preview, telegram_url
from tests.fixtures.plugin import new_database

__all__ = ["new_database", "preview", "telegram_url"]
