"""Who has taken a row: a lease names its holder and its end (decision 5).

A row that was put off since is due at another moment than its lease's end, so nothing has to
take the lease back.
"""

import secrets

_MOST = 2**31 - 1  # as the lock that a process holds in PostgreSQL is named


def new_holder() -> int:
    """A number by which a process names what it has under way."""
    return secrets.randbelow(_MOST) + 1
