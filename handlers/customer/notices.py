"""What the shop tells a customer of its own accord, worded as it stands when it is sent."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from handlers.customer.access import notices as access
from handlers.customer.checkout import notices as checkout
from handlers.customer.intake import notices as intake
from handlers.customer.refunds import notices as refunds
from handlers.customer.renewals import notices as renewals
from handlers.customer.settlement import notices as settlement
from handlers.customer.settlement import review_notices
from handlers.screens import Screen
from handlers.visit import Visit
from shop.messaging.notices import CustomerNotice

# A notice's class -> its words: None where time has overtaken it.
WORDS: Mapping[type[CustomerNotice], Callable[[Visit, Any], Awaitable[Screen | None]]] = {
    **access.WORDS,
    **checkout.WORDS,
    **intake.WORDS,
    **refunds.WORDS,
    **renewals.WORDS,
    **settlement.WORDS,
    **review_notices.WORDS,
}
