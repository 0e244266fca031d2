"""Queues what people are told: an outbox row for each person, in the lane of their chat."""

from typing import Any

from shop.core.policy import Policy
from shop.customers.records import Customer
from shop.messaging.kinds import Notice
from shop.messaging.outbox_records import Effect, Kind


def tell_customer(customer: Customer, notice: Notice, *, key: str, **facts: Any) -> Effect:  # noqa: ANN401 - JSON
    """A notice to a customer; the same key is told once."""
    return _tell(Kind.CHAT, customer.telegram_id, notice, f"{notice}:{key}", facts)


def tell_chat(telegram_id: int, notice: Notice, *, key: str, **facts: Any) -> Effect:  # noqa: ANN401 - JSON
    """A notice to the customer of this Telegram id."""
    return _tell(Kind.CHAT, telegram_id, notice, f"{notice}:{key}", facts)


def tell_staff(policy: Policy, notice: Notice, *, key: str, **facts: Any) -> list[Effect]:  # noqa: ANN401 - JSON
    """A notice to every member of staff."""
    return [
        _tell(Kind.STAFF, staff_id, notice, f"{notice}:{key}:{staff_id}", facts)
        for staff_id in policy.staff_ids
    ]


def _tell(kind: Kind, to: int, notice: Notice, key: str, facts: dict[str, Any]) -> Effect:
    payload = {"to": to, "notice": notice, **facts}
    return Effect(kind=kind, lane=f"chat:{to}", key=key, payload=payload)
