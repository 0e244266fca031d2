"""What staff do to a subscription: stop, give back, send again, new password."""

from datetime import datetime

from shop.access.account_records import Accounts
from shop.access.acts import Resend, Resume, Rotate, Suspend
from shop.access.notices import Credentials, Frozen, Unfrozen
from shop.access.subscription_records import Subscription, Subscriptions
from shop.access.subscriptions import wish
from shop.books.books import Books
from shop.core.errors import BadInputError
from shop.customers.records import Customers
from shop.messaging.notices import tell_customer
from shop.messaging.outbox_records import Outbox
from shop.ports import Verb
from shop.staff.acts import ByStaff


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
    act = (Suspend if is_frozen else Resume)(subscription=subscription_id)
    ByStaff(books=books, staff_id=staff_id, now=now).note(act, customer_id=customer.id)


def resend(
    books: Books, staff_id: int, *, subscription_id: int, tap: str = "", now: datetime
) -> None:
    """Send the customer their credentials again; `tap` as in `grant`."""
    subscription = books[Subscriptions].get(subscription_id)
    customer = books[Customers].claim(subscription.customer_id)
    by = ByStaff(books=books, staff_id=staff_id, now=now, tap=tap)
    by.refuse_second(Resend, subscription_id)
    if books[Accounts].get(subscription_id).encrypted is None:
        raise BadInputError(reason="This account has no credentials yet.")
    key = f"resend:{subscription_id}:{books[Accounts].wish(subscription_id)}"
    told = tell_customer(customer, Credentials(subscription=subscription_id), key=key)
    books[Outbox].add([told], now=now)
    by.note(Resend(subscription=subscription_id), customer_id=customer.id)


def rotate(
    books: Books, staff_id: int, *, subscription_id: int, tap: str = "", now: datetime
) -> None:
    """Make new credentials; the old ones stop working. `tap` as in `grant`."""
    subscription = books[Subscriptions].get(subscription_id)
    customer = books[Customers].claim(subscription.customer_id)
    by = ByStaff(books=books, staff_id=staff_id, now=now, tap=tap)
    by.refuse_second(Rotate, subscription_id)
    books[Outbox].add([wish(books, subscription_id, Verb.ROTATE)], now=now)
    by.note(Rotate(subscription=subscription_id), customer_id=customer.id)
