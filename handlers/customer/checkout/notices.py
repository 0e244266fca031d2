"""What is told about time that was given: a trial began, or staff gave it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from handlers.names import plan_name
from handlers.screens import Screen, button
from handlers.visit import Visit
from shop.checkout.notices import Given
from shop.messaging.notices import CustomerNotice


async def given(visit: Visit, notice: Given) -> Screen:
    """A trial began, or staff gave time."""
    _ = visit.speech
    plan = await plan_name(visit, notice.plan)
    date = _.moment(notice.until, now=visit.now)
    if notice.is_trial:
        text = _(
            "🎁 Your trial of <b>{plan}</b> has begun. It is free until {date}, and ends by "
            "itself.",
            plan=plan,
            date=date,
        )
    else:
        text = _(
            "🎁 We gave you {time} of <b>{plan}</b>. It now lasts until {date}.",
            time=_.interval(notice.interval),
            plan=plan,
            date=date,
        )
    return Screen(text=text, rows=((button(_("My account"), "+account"),),))


WORDS: Mapping[type[CustomerNotice], Callable[[Visit, Any], Awaitable[Screen | None]]] = {
    Given: given,
}
