"""Which processes work on the books: each holds a lock in PostgreSQL for as long as it lives.

The server lets go of a session's advisory locks when the session ends, however the process did:
https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
"""

from typing import Any

import psycopg
from psycopg.rows import tuple_row

_CLASS = 0x54454C4B  # tells these locks from those of other programs in the same database
# Where the other machine is gone without a word, the server finds out within seven seconds.
_KEEPALIVES = {"tcp_keepalives_idle": 3, "tcp_keepalives_interval": 2, "tcp_keepalives_count": 2}
_LIVING = """
    SELECT objid::bigint FROM pg_locks
    WHERE locktype = 'advisory' AND classid = %s AND objsubid = 2 AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


class Presence:
    """One session that does nothing but hold its process's lock; calls come one at a time."""

    def __init__(self, url: str, holder: int) -> None:
        """Remember where; the first `living` connects."""
        self._url, self._holder = url, holder
        self._session: psycopg.Connection[tuple[Any, ...]] | None = None

    def living(self) -> frozenset[int]:
        """The holders that live, this one among them; a session that broke is made anew.

        Raises `psycopg.OperationalError` where the server cannot be reached.
        """
        if self._session is not None and not self._session.broken:
            try:
                return self._look(self._session)
            except psycopg.OperationalError:
                self.close()
        self.close()
        self._session = self._enter()
        return self._look(self._session)

    def close(self) -> None:
        """End the session, and with it the lock."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def _enter(self) -> psycopg.Connection[tuple[Any, ...]]:
        session = psycopg.connect(self._url, autocommit=True, row_factory=tuple_row)
        try:
            for name, value in _KEEPALIVES.items():
                session.execute("SELECT set_config(%s, %s, false)", (name, str(value)))
            # A session of ours that broke may hold it until the server has noticed.
            session.execute("SELECT pg_advisory_lock_shared(%s, %s)", (_CLASS, self._holder))
        except BaseException:
            session.close()
            raise
        return session

    def _look(self, session: psycopg.Connection[tuple[Any, ...]]) -> frozenset[int]:
        return frozenset(row[0] for row in session.execute(_LIVING, (_CLASS,)))
