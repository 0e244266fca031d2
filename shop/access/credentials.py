"""What a customer signs in with: encrypted at rest, opened only to be shown."""

import json
from datetime import datetime

from shop.access.account_records import Accounts
from shop.access.lifecycle import may_use
from shop.access.subscription_records import Subscription, Subscriptions
from shop.books.books import Books
from shop.core.errors import NotFoundError
from shop.ports import (
    Credentials,
    Encryption,
)


def encrypt(credentials: Credentials, encryption: Encryption) -> bytes:
    """Encrypt credentials for the books (law 13)."""
    fields = {
        "username": credentials.username,
        "password": credentials.password,
        "url": credentials.url,
        "note": credentials.note,
    }
    return encryption.encrypt(json.dumps(fields).encode())


def decrypt(encrypted: bytes, encryption: Encryption) -> Credentials:
    """Read credentials back; raises `DecryptionError`."""
    return Credentials(**json.loads(encryption.decrypt(encrypted)))


def credentials_of(
    books: Books, subscription_id: int, customer_id: int, *, encryption: Encryption, now: datetime
) -> tuple[Subscription, Credentials, str]:
    """(subscription, credentials, playlist token) of someone's own subscription with access."""
    subscription = books[Subscriptions].get(subscription_id)
    account = books[Accounts].get(subscription_id)
    is_own = subscription.customer_id == customer_id
    if not is_own or account.encrypted is None or not may_use(subscription.standing, now=now):
        raise NotFoundError(what="access to subscription", name=subscription_id)
    return subscription, decrypt(account.encrypted, encryption), account.token


def note_delivered(books: Books, subscription_id: int, *, now: datetime) -> None:
    """The credentials reached the chat."""
    books[Accounts].note_delivered(subscription_id, now=now)
