"""What the figures were measured on: without it they say nothing."""

import os
import platform
import sqlite3
import timeit

from psycopg import pq


def facts() -> str:
    """One line about this machine and its software."""
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{len(os.sched_getaffinity(0))} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"libpq {pq.version() // 10000}; load before the start: {load}; "
        f"ten million additions in {_yardstick():.2f} s"
    )


def _yardstick() -> float:
    """Seconds of a plain loop, to hold one machine's figures against another's."""
    return timeit.timeit("total += 1", "total = 0", number=10_000_000)
