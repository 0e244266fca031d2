"""What people are told of the shop's own accord: one frozen class a notice, queued for one chat.

A wing declares its notices in its `notices.py`; handlers word each class; the outbox carries it.
"""

from typing import Any

from shop.core.facts import Facts, write_facts
from shop.core.policy import Policy
from shop.customers.records import Customer
from shop.messaging import kinds
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


def tell_customer(
    customer: Customer,
    notice: "CustomerNotice | kinds.Notice",
    *,
    key: str,
    **facts: Any,  # noqa: ANN401 - JSON
) -> Effect:
    """A notice to a customer; the same key is told once."""
    return tell_chat(customer.telegram_id, notice, key=key, **facts)


def tell_chat(
    telegram_id: int,
    notice: "CustomerNotice | kinds.Notice",
    *,
    key: str,
    **facts: Any,  # noqa: ANN401 - JSON
) -> Effect:
    """A notice to the customer of this Telegram id."""
    kind, told = _facts(notice, facts)
    return _tell(MessageKind.CHAT, telegram_id, kind, f"{kind}:{key}", told)


def tell_staff(
    policy: Policy,
    notice: "StaffNotice | kinds.Notice",
    *,
    key: str,
    **facts: Any,  # noqa: ANN401 - JSON
) -> list[Effect]:
    """A notice to every member of staff."""
    kind, told = _facts(notice, facts)
    return [
        _tell(MessageKind.STAFF, staff_id, kind, f"{kind}:{key}:{staff_id}", told)
        for staff_id in policy.staff_ids
    ]


def _facts(notice: "Notice | kinds.Notice", facts: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    if isinstance(notice, kinds.Notice):
        return notice, facts
    return notice.kind, write_facts(notice)


def _tell(kind: MessageKind, to: int, notice: str, key: str, facts: dict[str, Any]) -> Effect:
    payload = {**facts, **write_facts(MessageJob(to=to, notice=notice))}
    return Effect(kind=kind, lane=f"chat:{to}", key=key, payload=payload)
