"""The stockroom: hands out lines of credentials once, and says when few are left."""

from datetime import datetime

from shop.access.credentials import decrypt
from shop.access.notices import LowStock
from shop.access.stock_loading import LOADS_NOTE
from shop.access.stock_records import Line, Stock
from shop.access.subscription_records import Subscriptions
from shop.books.books import Books
from shop.books.notes import Notes
from shop.books.opening import Storage
from shop.core.policy import Policy
from shop.customers.records import Customers
from shop.messaging.notices import tell_staff
from shop.messaging.outbox_records import Effect, Outbox
from shop.ports import Clock, Encryption, OutOfStockError, StockLine

_UNSEEN = 64  # more takers at once than all processes together have connections


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
    key = f"{plan}:{books[Notes].note(LOADS_NOTE) or 0}:{level}"
    return tell_staff(policy, LowStock(plan=plan, left=left), key=key)


def _opened(line: Line, encryption: Encryption) -> StockLine:
    return StockLine(external_id=str(line.id), credentials=decrypt(line.encrypted, encryption))
