"""What staff are told about people who are not served."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from handlers.screens import Screen
from handlers.staff.links import to_customer
from handlers.staff.screening.findings import reasons
from handlers.visit import Visit
from handlers.wording import lines
from shop.messaging.notices import StaffNotice
from shop.screening.notices import TurnedAway


async def turned_away(visit: Visit, notice: TurnedAway) -> Screen:
    """Someone was not served; no money moved."""
    _ = visit.speech
    text = lines(
        _("🚫 {name} was turned away before paying:", name=notice.name),
        reasons(_, notice.findings),
    )
    return Screen(text=text, rows=((to_customer(_, notice.customer),),))


WORDS: Mapping[type[StaffNotice], Callable[[Visit, Any], Awaitable[Screen | None]]] = {
    TurnedAway: turned_away,
}
