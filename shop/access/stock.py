"""The stockroom: loads lines of credentials, hands them out once, and says when few are left."""

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import datetime

from shop.access.acts import LoadStock
from shop.access.credentials import decrypt, encrypt
from shop.access.notices import LowStock
from shop.access.stock_csv import read_stock
from shop.access.stock_records import Line, Stock
from shop.access.subscription_records import Subscriptions
from shop.books.books import Books
from shop.books.notes import Notes
from shop.books.opening import Storage
from shop.catalog.records import CatalogRecords
from shop.core.policy import Policy
from shop.customers.records import Customers
from shop.messaging.notices import tell_staff
from shop.messaging.outbox_records import Effect, Outbox
from shop.ports import Clock, Credentials, Encryption, OutOfStockError, StockLine
from shop.staff.acts import ByStaff


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What came of a file; `refused` holds (line number, reason), never what stood there."""

    added: int
    repeated: int
    refused: tuple[tuple[int, str], ...]


def load(
    books: Books, staff_id: int, *, plan: str, csv_text: str, encryption: Encryption, now: datetime
) -> Loaded:
    """Put stock on the shelf; the lines themselves stay out of the audit."""
    loaded = load_stock(books, plan, csv_text, encryption=encryption, now=now)
    act = LoadStock(plan=plan, added=loaded.added, repeated=loaded.repeated)
    ByStaff(books=books, staff_id=staff_id, now=now).note(act, customer_id=None)
    return loaded


_UNSEEN = 64  # more takers at once than all processes together have connections
_KEY_NOTE, _LOADS_NOTE = "stock_key", "stock_loads"


def load_stock(
    books: Books, plan: str, csv_text: str, *, encryption: Encryption, now: datetime
) -> Loaded:
    """Put the lines of a CSV text on the shelf of a plan; lines loaded before are left out."""
    books[CatalogRecords].by_slug(plan)
    sheet = read_stock(csv_text)
    key = _fingerprint_key(books, encryption)
    added = 0
    for fields in sheet.lines:
        credentials = Credentials(**fields)
        is_new = books[Stock].add(
            plan,
            fingerprint=_fingerprint(credentials, key),
            encrypted=encrypt(credentials, encryption),
            now=now,
        )
        added += is_new
    return Loaded(added=added, repeated=len(sheet.lines) - added, refused=sheet.refused)


def take_line(
    books: Books,
    plan: str,
    subscription_id: int,
    *,
    encryption: Encryption,
    policy: Policy,
    now: datetime,
) -> StockLine:
    """Hand out a line, the same again to the same subscription; or `OutOfStockError`."""
    _claim(books, subscription_id)
    line = books[Stock].in_hand(subscription_id)
    if line is None:
        line = _take(books, plan, subscription_id, policy=policy, now=now)
    return _opened(line, encryption)


def swap_line(
    books: Books,
    plan: str,
    subscription_id: int,
    *,
    encryption: Encryption,
    policy: Policy,
    now: datetime,
) -> StockLine:
    """Retire the line in use and hand out another; when there is none, it stays in use."""
    _claim(books, subscription_id)
    books[Stock].retire(subscription_id)
    return _opened(_take(books, plan, subscription_id, policy=policy, now=now), encryption)


def note_out_of_stock(books: Books, plan: str, *, policy: Policy, now: datetime) -> None:
    """Tell staff that someone waits for a line."""
    books[Outbox].add(_low_stock(books, plan, left=0, policy=policy), now=now)


class BooksShelf:
    """The shelf that `connectors/stock` takes from, with the books behind it."""

    def __init__(
        self, storage: Storage, *, encryption: Encryption, clock: Clock, policy: Policy
    ) -> None:
        """Remember where lines lie and who hears that they run out."""
        self._storage, self._vault, self._clock, self._policy = storage, encryption, clock, policy

    async def take(self, plan: str, subscription_id: int) -> StockLine:
        """Hand out one line, the same again to the same subscription; or OutOfStockError."""
        try:
            return await self._storage.run(
                take_line,
                plan,
                subscription_id,
                encryption=self._vault,
                policy=self._policy,
                now=self._clock.now(),
            )
        except OutOfStockError:
            await self._note_out_of_stock(plan)
            raise

    async def swap(self, plan: str, subscription_id: int) -> StockLine:
        """Retire the line in use and hand out another; or OutOfStockError."""
        try:
            return await self._storage.run(
                swap_line,
                plan,
                subscription_id,
                encryption=self._vault,
                policy=self._policy,
                now=self._clock.now(),
            )
        except OutOfStockError:
            await self._note_out_of_stock(plan)
            raise

    async def _note_out_of_stock(self, plan: str) -> None:
        now = self._clock.now()
        await self._storage.run(note_out_of_stock, plan, policy=self._policy, now=now)


def _claim(books: Books, subscription_id: int) -> None:
    # Law 6: two tries for one subscription would each take a line.
    books[Customers].claim(books[Subscriptions].get(subscription_id).customer_id)


def _take(books: Books, plan: str, subscription_id: int, *, policy: Policy, now: datetime) -> Line:
    line = books[Stock].take(plan, subscription_id, now=now)
    if line is None:
        raise OutOfStockError
    left = books[Stock].left(plan)
    if left <= policy.low_stock + _UNSEEN:
        left = _count_alone(books, plan)
    if left <= policy.low_stock:
        books[Outbox].add(_low_stock(books, plan, left=left, policy=policy), now=now)
    return line


def _count_alone(books: Books, plan: str) -> int:
    # Takers at once do not see each other's lines on PostgreSQL. The note's row lets them
    # count one after the other, so that the last of them counts right.
    books[Notes].set_note(f"stock_taken:{plan}", "")
    return books[Stock].left(plan)


def _low_stock(books: Books, plan: str, *, left: int, policy: Policy) -> list[Effect]:
    # Once when the level is reached and once when nothing is left, until more is loaded.
    level = "low" if left else "none"
    key = f"{plan}:{books[Notes].note(_LOADS_NOTE) or 0}:{level}"
    return tell_staff(policy, LowStock(plan=plan, left=left), key=key)


def _opened(line: Line, encryption: Encryption) -> StockLine:
    return StockLine(external_id=str(line.id), credentials=decrypt(line.encrypted, encryption))


def _fingerprint_key(books: Books, encryption: Encryption) -> bytes:
    # Keyed, for a plain hash of a short password could be guessed from a stolen file. The
    # count goes first: its row lets two loads at once go one after the other.
    books[Notes].set_note(_LOADS_NOTE, str(int(books[Notes].note(_LOADS_NOTE) or 0) + 1))
    if stored := books[Notes].note(_KEY_NOTE):
        return encryption.decrypt(base64.b64decode(stored))
    key = secrets.token_bytes(32)
    books[Notes].set_note(_KEY_NOTE, base64.b64encode(encryption.encrypt(key)).decode())
    return key


def _fingerprint(credentials: Credentials, key: bytes) -> str:
    fields = [credentials.username, credentials.password, credentials.url]
    return hmac.digest(key, json.dumps(fields).encode(), hashlib.sha256).hex()
