"""What staff are told of the shop's own accord."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from handlers.screens import Screen
from handlers.staff.access import notices as access
from handlers.staff.intake import notices as intake
from handlers.staff.orders import notices as orders
from handlers.staff.refunds import notices as refunds
from handlers.staff.renewals import notices as renewals
from handlers.staff.screening import notices as screening
from handlers.staff.settlement import notices as settlement
from handlers.staff.settlement import sale_notices
from handlers.visit import Visit
from shop.messaging.notices import StaffNotice

# A notice's class -> its words and buttons; None where the words were sent with a file.
WORDS: Mapping[type[StaffNotice], Callable[[Visit, Any], Awaitable[Screen | None]]] = {
    **access.WORDS,
    **intake.WORDS,
    **orders.WORDS,
    **refunds.WORDS,
    **renewals.WORDS,
    **screening.WORDS,
    **settlement.WORDS,
    **sale_notices.WORDS,
}
