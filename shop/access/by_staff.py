"""What staff do to a subscription: stop, give back, send again, new password."""

from datetime import datetime

from shop.access.account_records import Accounts
from shop.access.notices import Credentials, Frozen, Unfrozen
from shop.access.subscription_records import Subscription, Subscriptions
from shop.access.subscriptions import wish
from shop.books.books import Books
from shop.books.notes import Notes
from shop.core.errors import BadInputError, DoneAlreadyError
from shop.customers.records import Customers
from shop.messaging.notices import tell_customer
from shop.messaging.outbox_records import Outbox
from shop.ports import Verb
from shop.staff.audit_records import AuditLog


def subscription(books: Books, subscription_id: int) -> Subscription:
    """One subscription, whoever's it is."""
    return books[Subscriptions].get(subscription_id)


def freeze(
    books: Books, staff_id: int, *, subscription_id: int, is_frozen: bool, now: datetime
) -> None:
    """Stop access at once, or give it back; the paid time is not touched."""
    subscription = books[Subscriptions].get(subscription_id)
    customer = books[Customers].claim(subscription.customer_id)
    subscription = books[Subscriptions].get(subscription_id)
    if subscription.standing.is_frozen == is_frozen:
        return
    books[Subscriptions].freeze(subscription_id, is_frozen=is_frozen)
    notice, verb = (Frozen, Verb.SUSPEND) if is_frozen else (Unfrozen, Verb.RESUME)
    effect = wish(books, subscription_id, verb)
    told = tell_customer(customer, notice(plan=subscription.product.slug), key=effect.key)
    books[Outbox].add([told, effect], now=now)
    books[AuditLog].audit(
        staff_id,
        "suspend" if is_frozen else "resume",
        customer_id=customer.id,
        facts={"subscription": subscription_id},
        now=now,
    )


def resend(
    books: Books, staff_id: int, *, subscription_id: int, tap: str = "", now: datetime
) -> None:
    """Send the customer his credentials again; `tap` as in `grant`."""
    subscription = books[Subscriptions].get(subscription_id)
    customer = books[Customers].claim(subscription.customer_id)
    refuse_second(books, f"{staff_id}:resend:{subscription_id}", tap)
    if books[Accounts].get(subscription_id).encrypted is None:
        raise BadInputError(reason="This account has no credentials yet.")
    key = f"resend:{subscription_id}:{books[Accounts].wish(subscription_id)}"
    told = tell_customer(customer, Credentials(subscription=subscription_id), key=key)
    books[Outbox].add([told], now=now)
    books[AuditLog].audit(
        staff_id,
        "resend",
        customer_id=customer.id,
        facts={"subscription": subscription_id},
        now=now,
    )


def rotate(
    books: Books, staff_id: int, *, subscription_id: int, tap: str = "", now: datetime
) -> None:
    """Make new credentials; the old ones stop working. `tap` as in `grant`."""
    subscription = books[Subscriptions].get(subscription_id)
    customer = books[Customers].claim(subscription.customer_id)
    refuse_second(books, f"{staff_id}:rotate:{subscription_id}", tap)
    books[Outbox].add([wish(books, subscription_id, Verb.ROTATE)], now=now)
    books[AuditLog].audit(
        staff_id,
        "rotate",
        customer_id=customer.id,
        facts={"subscription": subscription_id},
        now=now,
    )


def refuse_second(books: Books, what: str, tap: str) -> None:
    """Raise `DoneAlreadyError` when this very tap did it already; a command has no tap."""
    if not tap:
        return
    key = f"tap:{what}"
    if books[Notes].note(key) == tap:
        raise DoneAlreadyError
    books[Notes].set_note(key, tap)
