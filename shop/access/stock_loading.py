"""Loads lines of credentials: an account is on the shelf once, whatever its password."""

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from unicodedata import normalize

from shop.access.acts import LoadStock
from shop.access.credentials import encrypt
from shop.access.stock_csv import host_of, read_stock
from shop.access.stock_records import LineState, NewStockLine, Stock
from shop.books.books import Books
from shop.books.notes import Notes
from shop.catalog.records import CatalogRecords
from shop.ports import Credentials, Encryption
from shop.staff.acts import ByStaff

LOADS_NOTE = "stock_loads"
_KEY_NOTE = "stock_key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What came of a file; accounts are named by their usernames, never by what is secret.

    `differing` are on the shelf with other credentials, and were `replaced` by these where staff
    wanted that; `handed_out` belong to somebody, or did; `named_twice` stand in the file with two
    passwords or addresses, of which the first counts. `refused` holds (line number, reason).
    """

    added: int
    repeated: int
    replaced: int = 0
    differing: tuple[str, ...] = ()
    handed_out: tuple[str, ...] = ()
    named_twice: tuple[str, ...] = ()
    refused: tuple[tuple[int, str], ...] = ()


@dataclass(slots=True)
class _Tally:
    """The same while it is counted."""

    added: int = 0
    repeated: int = 0
    replaced: int = 0
    differing: list[str] = field(default_factory=list)
    handed_out: list[str] = field(default_factory=list)
    named_twice: list[str] = field(default_factory=list)
    new_ids: set[int] = field(default_factory=set)


def load(
    books: Books,
    staff_id: int,
    *,
    plan: str,
    csv_text: str,
    encryption: Encryption,
    now: datetime,
    replaces: bool = False,
) -> Loaded:
    """Put stock on the shelf; the lines themselves stay out of the audit."""
    loaded = load_stock(books, plan, csv_text, encryption=encryption, now=now, replaces=replaces)
    act = LoadStock(
        plan=plan, added=loaded.added, repeated=loaded.repeated, replaced=loaded.replaced
    )
    ByStaff(books=books, staff_id=staff_id, now=now).note(act, customer_id=None)
    return loaded


def load_stock(
    books: Books,
    plan: str,
    csv_text: str,
    *,
    encryption: Encryption,
    now: datetime,
    replaces: bool = False,
) -> Loaded:
    """Put the lines of a CSV text on the shelf of a plan, each account once.

    `replaces`: what is on a shelf with another password or address gets those of this file.
    """
    books[CatalogRecords].by_slug(plan)
    sheet = read_stock(csv_text)
    key = _key(books, encryption)
    tally = _Tally()
    for fields in sheet.lines:
        credentials = Credentials(**fields)
        line = _line(credentials, key, encryption)
        _place(books, plan, line, credentials.username, tally, replaces=replaces, now=now)
    return Loaded(
        added=tally.added,
        repeated=tally.repeated,
        replaced=tally.replaced,
        differing=tuple(tally.differing),
        handed_out=tuple(tally.handed_out),
        named_twice=tuple(tally.named_twice),
        refused=sheet.refused,
    )


def _place(
    books: Books,
    plan: str,
    line: NewStockLine,
    name: str,
    tally: _Tally,
    *,
    replaces: bool,
    now: datetime,
) -> None:
    """Put one line where it belongs, and count it."""
    known = books[Stock].known(line)
    if known is None:
        tally.new_ids.add(books[Stock].add(plan, line, now=now))
        tally.added += 1
    elif known.fingerprint == line.fingerprint:
        tally.repeated += 1
    elif known.id in tally.new_ids:
        tally.named_twice.append(name)
    elif known.state is not LineState.FREE:
        tally.handed_out.append(name)
    elif not replaces:
        tally.differing.append(name)
    elif books[Stock].replace(known.id, line, now=now):
        tally.replaced += 1
    else:  # handed out this very moment
        tally.handed_out.append(name)


def _key(books: Books, encryption: Encryption) -> bytes:
    # Keyed, for a plain hash of a short password could be guessed from a stolen file. The
    # count goes first: its row lets two loads at once go one after the other.
    books[Notes].set_note(LOADS_NOTE, str(int(books[Notes].note(LOADS_NOTE) or 0) + 1))
    if stored := books[Notes].note(_KEY_NOTE):
        return encryption.decrypt(base64.b64decode(stored))
    key = secrets.token_bytes(32)
    books[Notes].set_note(_KEY_NOTE, base64.b64encode(encryption.encrypt(key)).decode())
    return key


def _line(credentials: Credentials, key: bytes, encryption: Encryption) -> NewStockLine:
    panel = host_of(credentials.url)
    return NewStockLine(
        username=_hash(key, "username", normalize("NFC", credentials.username)),
        panel=_hash(key, "panel", panel) if panel else "",
        fingerprint=_hash(key, credentials.username, credentials.password, credentials.url),
        encrypted=encrypt(credentials, encryption),
    )


def _hash(key: bytes, *fields: str) -> str:
    return hmac.digest(key, json.dumps(fields).encode(), hashlib.sha256).hex()
