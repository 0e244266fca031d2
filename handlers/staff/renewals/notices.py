"""What staff are told about renewals that come by themselves."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from handlers.screens import Screen
from handlers.staff.links import to_customer
from handlers.visit import Visit
from handlers.wording import escape, lines
from shop.messaging.notices import StaffNotice
from shop.renewals.notices import MethodRefused


async def method_refused(visit: Visit, notice: MethodRefused) -> Screen:
    """A provider does not do what a renewal needs."""
    _ = visit.speech
    text = lines(
        _(
            "🔴 A renewal is stuck ({verb}); a person should look at the provider's settings.",
            verb=notice.verb,
        ),
        escape(notice.reason),
    )
    rows = () if notice.customer is None else ((to_customer(_, notice.customer),),)
    return Screen(text=text, rows=rows)


WORDS: Mapping[type[StaffNotice], Callable[[Visit, Any], Awaitable[Screen | None]]] = {
    MethodRefused: method_refused,
}
