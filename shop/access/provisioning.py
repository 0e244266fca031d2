"""Carries out wishes at connectors, outside any transaction, and notes the outcome (law 4)."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from shop.access import notices
from shop.access.account_records import AccountRow, Accounts, Actual
from shop.access.credentials import decrypt, encrypt
from shop.access.jobs import ProvisionJob
from shop.access.lifecycle import may_use
from shop.access.subscription_records import Subscription, Subscriptions
from shop.access.subscriptions import new_token
from shop.books.books import Books
from shop.books.opening import Storage
from shop.core.errors import BooksUnavailableError
from shop.core.facts import read_facts
from shop.core.policy import Policy
from shop.customers.records import Customers
from shop.messaging.notices import tell_customer, tell_staff
from shop.messaging.outbox_records import Outbox, QueuedEffect
from shop.ports import (
    Account,
    AccountOrder,
    Clock,
    Connector,
    ConnectorError,
    DecryptionError,
    Encryption,
    Verb,
)

_AFTER = {
    Verb.CREATE: Actual.ACTIVE,
    Verb.RESUME: Actual.ACTIVE,
    Verb.CHANGE: None,
    Verb.ROTATE: None,
    Verb.SUSPEND: Actual.SUSPENDED,
    Verb.TERMINATE: Actual.TERMINATED,
}
CARRY_OUT_WITHIN = timedelta(seconds=60)  # shorter than the effect's lease


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A wish with what the connector needs; `order` None when nothing is left to do."""

    verb: Verb
    connector: str
    order: AccountOrder | None


def prepare(
    books: Books, subscription_id: int, verb: Verb, *, encryption: Encryption, now: datetime
) -> Task:
    """Read what the wish needs, and drop it when time has overtaken it."""
    subscription = books[Subscriptions].get(subscription_id)
    account = books[Accounts].get(subscription_id)
    if _is_overtaken(subscription, account, verb, now=now):
        return Task(verb=verb, connector=account.connector, order=None)
    is_first = verb is Verb.RESUME and account.actual is Actual.NONE
    return Task(
        verb=Verb.CREATE if is_first else verb,
        connector=account.connector,
        order=AccountOrder(
            subscription_id=subscription_id,
            plan=subscription.product.slug,
            screens=subscription.product.screens,
            external_id=account.external_id,
            credentials=None
            if account.encrypted is None
            else decrypt(account.encrypted, encryption),
            # Rotation also changes the address: the old one stops when this is noted.
            token=new_token() if verb is Verb.ROTATE else account.token,
            paid_until=subscription.standing.paid_until,
        ),
    )


def _is_overtaken(
    subscription: Subscription, account: AccountRow, verb: Verb, *, now: datetime
) -> bool:
    is_open = may_use(subscription.standing, now=now)
    match verb:
        case Verb.SUSPEND:
            return is_open or account.actual is not Actual.ACTIVE
        case Verb.RESUME:
            return not is_open
        case Verb.CHANGE | Verb.ROTATE:
            return account.actual in {Actual.NONE, Actual.TERMINATED}
        case Verb.TERMINATE:
            return account.actual in {Actual.NONE, Actual.TERMINATED}
        case Verb.CREATE:
            # Unpaid by now, or held: paying again or releasing it wishes for it once more.
            return account.actual is not Actual.NONE or not is_open


def note_carried_out(
    books: Books,
    effect: QueuedEffect,
    verb: Verb,
    made: Account,
    *,
    token: str,
    encryption: Encryption,
    now: datetime,
) -> None:
    """Note the account, and tell the customer new credentials, in one transaction."""
    if not books[Outbox].finish(effect.id, now=now):
        return  # another process was first
    subscription_id = read_facts(ProvisionJob, effect.payload).subscription_id
    account = books[Accounts].get(subscription_id)
    encrypted = (
        account.encrypted if made.credentials is None else encrypt(made.credentials, encryption)
    )
    books[Accounts].note(
        subscription_id,
        actual=_AFTER[verb] or account.actual,
        external_id=made.external_id,
        encrypted=encrypted,
    )
    if verb is Verb.ROTATE:
        books[Accounts].set_token(subscription_id, token)
    if made.credentials is not None and verb in {Verb.CREATE, Verb.ROTATE, Verb.RESUME}:
        customer = books[Customers].get(books[Subscriptions].get(subscription_id).customer_id)
        told = tell_customer(
            customer, notices.Credentials(subscription=subscription_id), key=effect.key
        )
        books[Outbox].add([told], now=now)


def note_not_carried_out(
    books: Books, effect: QueuedEffect, reason: str, *, policy: Policy, now: datetime
) -> None:
    """Try again at 1, 5, 15 and 60 minutes, then give it to staff; the customer hears once."""
    wait, job = connector_wait(effect.tries), read_facts(ProvisionJob, effect.payload)
    subscription = books[Subscriptions].get(job.subscription_id)
    customer = books[Customers].get(subscription.customer_id)
    effects = []
    if effect.tries == 1 and job.verb is Verb.CREATE:
        effects.append(
            tell_customer(
                customer, notices.DeliveryLate(plan=subscription.product.slug), key=effect.key
            )
        )
    if wait is None:
        books[Outbox].finish(effect.id, now=now, state="dead", error=reason)
        effects += tell_staff(
            policy,
            notices.ConnectorFailed(
                effect=effect.id,
                customer=customer.id,
                name=customer.name,
                plan=subscription.product.slug,
                verb=job.verb,
                reason=reason,
            ),
            key=f"{effect.key}:{int(now.timestamp())}",
        )
    else:
        books[Outbox].again(effect.id, due_at=now + wait, error=reason)
    books[Outbox].add(effects, now=now)


def drop(books: Books, effect: QueuedEffect, *, now: datetime) -> None:
    """The wish is not needed any more."""
    books[Outbox].finish(effect.id, now=now, state="dropped")


async def carry_out(
    storage: Storage,
    connectors: Mapping[str, Connector],
    effect: QueuedEffect,
    *,
    encryption: Encryption,
    policy: Policy,
    clock: Clock,
) -> None:
    """One wish, from the queue to the connector to the books."""
    job = read_facts(ProvisionJob, effect.payload)
    try:
        task = await storage.read(
            prepare, job.subscription_id, job.verb, encryption=encryption, now=clock.now()
        )
        if task.order is None:
            await storage.run(drop, effect, now=clock.now())
            return
        made = await _asked(connectors, task.connector, task.verb, task.order)
    except (ConnectorError, DecryptionError) as error:
        await storage.run(
            note_not_carried_out, effect, error.sentence, policy=policy, now=clock.now()
        )
        return
    except BooksUnavailableError:
        raise
    except Exception as error:
        # A defect of the connector must not keep the account's lane closed in silence.
        await storage.run(
            note_not_carried_out, effect, type(error).__name__, policy=policy, now=clock.now()
        )
        raise
    await storage.run(
        note_carried_out,
        effect,
        task.verb,
        made,
        token=task.order.token,
        encryption=encryption,
        now=clock.now(),
    )


async def _asked(
    connectors: Mapping[str, Connector], name: str, verb: Verb, order: AccountOrder
) -> Account:
    if (connector := connectors.get(name)) is None:
        raise ConnectorError(reason=f"there is no connector named {name}")
    try:
        async with asyncio.timeout(CARRY_OUT_WITHIN.total_seconds()):
            made: Account = await getattr(connector, verb.value)(order)
    except TimeoutError as error:
        raise ConnectorError(reason="it did not answer in time") from error
    return made


CONNECTOR_MINUTES = (1, 5, 15, 60)


def connector_wait(failures: int) -> timedelta | None:
    """The wait after this many failures of a connector (from 1), or None to give up."""
    if failures > len(CONNECTOR_MINUTES):
        return None
    return timedelta(minutes=CONNECTOR_MINUTES[failures - 1])
