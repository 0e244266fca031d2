"""What somebody has of money because they brought its payer, told by the provider's list.

Telegram's affiliates: the payer's Stars are received whole, and a part of them is not ours.
"""

from datetime import datetime

from shop.books.books import Books
from shop.ledger.journal_records import Entry, Journal
from shop.ports import Happening, PaymentEvent


def book_commission(
    books: Books, provider: str, receipt: int, event: PaymentEvent, *, now: datetime
) -> None:
    """Book it once for this money; of a refund, that it came back."""
    if not event.commission or event.happening not in {Happening.RECEIVED, Happening.REFUNDED}:
        return
    is_back = event.happening is Happening.REFUNDED
    group = f"receipt:{receipt}:commission{'_back' if is_back else ''}"
    if books[Journal].knows(group):
        return
    away = -event.commission if is_back else event.commission
    entries = (
        Entry(account=f"provider:{provider}", money=-away),
        Entry(account=f"commission:{provider}", money=away),
    )
    books[Journal].enter(group, entries, now=now)
