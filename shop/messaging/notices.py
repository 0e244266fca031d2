"""What people are told of the shop's own accord: one frozen class a notice, queued for one chat.

A wing declares its notices in its `notices.py`; handlers word each class; the outbox carries it.
"""

from shop.core.facts import Facts, write_facts
from shop.core.policy import Policy
from shop.customers.records import Customer
from shop.messaging.jobs import MessageJob, MessageKind
from shop.messaging.outbox_records import Effect


class Notice(Facts):
    """The facts of one notice."""

    __slots__ = ()


class CustomerNotice(Notice):
    """What a customer is told."""

    __slots__ = ()


class StaffNotice(Notice):
    """What every member of staff is told."""

    __slots__ = ()


def tell_customer(customer: Customer, notice: CustomerNotice, *, key: str) -> Effect:
    """A notice to a customer; the same key is told once."""
    return tell_chat(customer.telegram_id, notice, key=key)


def tell_chat(telegram_id: int, notice: CustomerNotice, *, key: str) -> Effect:
    """A notice to the customer of this Telegram id."""
    return _tell(MessageKind.CHAT, telegram_id, notice, f"{notice.kind}:{key}")


def tell_staff(policy: Policy, notice: StaffNotice, *, key: str) -> list[Effect]:
    """A notice to every member of staff."""
    return [
        _tell(MessageKind.STAFF, staff_id, notice, f"{notice.kind}:{key}:{staff_id}")
        for staff_id in policy.staff_ids
    ]


def _tell(kind: MessageKind, to: int, notice: Notice, key: str) -> Effect:
    job = MessageJob(to=to, notice=notice.kind)
    payload = {**write_facts(notice), **write_facts(job)}
    return Effect(kind=kind, lane=f"chat:{to}", key=key, payload=payload)
