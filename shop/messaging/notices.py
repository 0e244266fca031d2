"""What people are told of the shop's own accord: one frozen class a notice, queued for one chat.

A wing declares its notices in its `notices.py`; handlers word each class; the outbox carries it.
"""

import re
from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from pydantic import TypeAdapter

from shop.core.policy import Policy
from shop.customers.records import Customer
from shop.messaging import kinds
from shop.messaging.outbox_records import Effect, Kind

_WORD = re.compile(r"(?<!^)(?=[A-Z])")


class Notice:
    """The facts of one notice; `kind`, as the outbox has it, is its class's name in snake_case.

    A class whose name is another's already says its `kind` itself.
    A subclass is a frozen dataclass. Its fields may be of any type that pydantic can write as
    JSON and read again: Money, Interval, datetime, enums, tuples of them.
    """

    __slots__ = ()
    kind: ClassVar[str]

    def __init_subclass__(cls) -> None:
        """Name the kind."""
        if "kind" not in vars(cls):
            cls.kind = _WORD.sub("_", cls.__name__).lower()


class CustomerNotice(Notice):
    """What a customer is told."""

    __slots__ = ()


class StaffNotice(Notice):
    """What every member of staff is told."""

    __slots__ = ()


N = TypeVar("N", bound=Notice)
_ADAPTERS: dict[type[Notice], TypeAdapter[Any]] = {}


def read_notice(notice: type[N], payload: Mapping[str, Any]) -> N:
    """The notice that this outbox payload carries; what it does not know is left out."""
    found: N = _adapter(notice).validate_python(dict(payload))
    return found


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
    return _tell(Kind.CHAT, telegram_id, kind, f"{kind}:{key}", told)


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
        _tell(Kind.STAFF, staff_id, kind, f"{kind}:{key}:{staff_id}", told)
        for staff_id in policy.staff_ids
    ]


def _facts(notice: "Notice | kinds.Notice", facts: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    if isinstance(notice, kinds.Notice):
        return notice, facts
    written: dict[str, Any] = _adapter(type(notice)).dump_python(notice, mode="json")
    return notice.kind, written


def _tell(kind: Kind, to: int, notice: str, key: str, facts: dict[str, Any]) -> Effect:
    payload = {**facts, "to": to, "notice": notice}
    return Effect(kind=kind, lane=f"chat:{to}", key=key, payload=payload)


def _adapter(notice: type[Notice]) -> TypeAdapter[Any]:
    """How pydantic writes and reads this class; made once."""
    if notice not in _ADAPTERS:
        _ADAPTERS[notice] = TypeAdapter(notice)
    return _ADAPTERS[notice]
