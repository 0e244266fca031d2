from tests.doors.conftest import doors, open_doors, short_logs
from tests.fixtures.plugin import database_url, new_database

__all__ = ["database_url", "doors", "new_database", "open_doors", "short_logs"]
