"""What the shop tells a customer of its own accord, worded as it stands when it is sent."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from handlers.customer.access import notices as access
from handlers.customer.access.credentials import deliver
from handlers.customer.access.notices import ended, grace, reminder, suspended
from handlers.customer.intake import notices as intake
from handlers.customer.refunds import notices as refunds
from handlers.customer.renewals import notices as renewals
from handlers.customer.settlement import notices as settlement
from handlers.customer.settlement import review_notices
from handlers.screens import Screen, button
from handlers.visit import Visit
from shop.core.intervals import Interval
from shop.messaging.kinds import Notice
from shop.messaging.notices import CustomerNotice
from shop.storefront.plans import Card, card

Facts = Mapping[str, Any]
Teller = Callable[[Visit, Facts], Awaitable[Screen | None]]


async def credentials(visit: Visit, facts: Facts) -> None:
    """The credentials as they are now; nothing when access has ended meanwhile."""
    await deliver(visit, int(facts["subscription"]))


async def late(visit: Visit, facts: Facts) -> Screen:
    """The account could not be made at once."""
    _ = visit.speech
    one = await _card(visit, facts)
    text = _(
        "Your access to {plan} takes a little longer than usual. You need not do anything: "
        "we keep at it, and it arrives here by itself.",
        plan=_.own(one.product.name),
    )
    return Screen(text=text)


async def given(visit: Visit, facts: Facts) -> Screen:
    """A trial began, or staff gave time."""
    _ = visit.speech
    one = await _card(visit, facts)
    plan = _.own(one.product.name)
    date = _.moment(datetime.fromtimestamp(facts["until"], UTC), now=visit.now)
    if facts["is_trial"]:
        text = _(
            "🎁 Your trial of <b>{plan}</b> has begun. It is free until {date}, and ends by "
            "itself.",
            plan=plan,
            date=date,
        )
    else:
        time = _.interval(Interval.from_key(facts["term"]))
        text = _(
            "🎁 We gave you {time} of <b>{plan}</b>. It now lasts until {date}.",
            time=time,
            plan=plan,
            date=date,
        )
    return Screen(text=text, rows=((button(_("My account"), "+account"),),))


async def _card(visit: Visit, facts: Facts) -> Card:
    return await visit.counter.storage.read(
        card, facts["plan"], visit.customer.id, policy=visit.counter.policy
    )


TELLERS: Mapping[Notice, Teller] = {
    Notice.CREDENTIALS: credentials,
    Notice.DELIVERY_LATE: late,
    Notice.REMINDER: reminder,
    Notice.GRACE: grace,
    Notice.SUSPENDED: suspended,
    Notice.ENDED: ended,
    Notice.GIVEN: given,
}
# A notice's class -> its words: None where time has overtaken it.
WORDS: Mapping[type[CustomerNotice], Callable[[Visit, Any], Awaitable[Screen | None]]] = {
    **access.WORDS,
    **intake.WORDS,
    **refunds.WORDS,
    **renewals.WORDS,
    **settlement.WORDS,
    **review_notices.WORDS,
}
