"""Tells an owner what to do when the books do not open.

The database's own words are never shown: they may quote the password (law 13).
"""

from pathlib import Path

_SQLITE = "sqlite:///"
_REFUSALS = (
    ("password authentication failed", "the server refuses this user or password"),
    ("no password supplied", "the server wants a password; write USER:PASSWORD@HOST"),
    ("does not exist", "the server has no such user or database; make it with createdb"),
    ("permission denied", "this user may not create tables; make it the owner of the database"),
    ("resolve", "there is no such host; check its name"),
    ("translate host", "there is no such host; check its name"),
    ("refused", "no server listens there; start it, or check host and port"),
    ("timeout", "the server does not answer; check host, port and firewall"),
    ("database is locked", "another program holds the file; end it"),
    ("not a database", "the file holds something else; name another one"),
    ("disk is full", "the disk is full; make room"),
    ("readonly", "this user may not write to the file; change its owner or mode"),
)


def what_to_do(url: str, error: BaseException) -> str:
    """One sentence about why the books at `url` did not open, and what to do."""
    words = str(error.__cause__ or error).lower()
    for sign, says in _REFUSALS:
        if sign in words:
            return says
    if url.startswith(_SQLITE):
        file = Path(url.removeprefix(_SQLITE)).absolute()
        folder = file.parent
        if file.is_dir():
            return f"{file} is a folder; name a file in it"
        if not folder.is_dir():
            return f"there is no folder {folder}; make it"
        return f"this user may not write to {folder}; change its owner or mode"
    return "the server does not let us in; check the address, user and password"
