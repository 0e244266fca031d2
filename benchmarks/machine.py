"""What the figures were measured on: without it they say nothing."""

import os
import platform
import sqlite3

from psycopg import pq


def facts() -> str:
    """One line about this machine and its software."""
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{len(os.sched_getaffinity(0))} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"libpq {pq.version() // 10000}; load before the start: {load}"
    )
