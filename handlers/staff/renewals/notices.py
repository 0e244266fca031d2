"""What staff are told about renewals that come by themselves."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from handlers.names import plan_name, provider_name
from handlers.screens import Screen, bold
from handlers.staff.links import to_customer
from handlers.visit import Visit
from handlers.wording import Html, escape, lines, paragraphs
from shop.messaging.notices import StaffNotice
from shop.renewals.notices import ChargeUnheard, MethodRefused, StoppedByMoneyBack


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


async def stopped(visit: Visit, notice: StoppedByMoneyBack) -> Screen:
    """Money went back, and what was renewed with it is not any more."""
    _ = visit.speech
    what = {
        "name": bold(notice.name),
        "plan": await plan_name(visit, notice.plan),
        "money": bold(_.money(notice.money)),
    }
    if notice.card:
        text = _(
            "🔁 {money} for {plan} went back to {name}, so it does not renew by itself any more: "
            "{card} is charged again only when {name} says so.",
            card=notice.card,
            **what,
        )
    else:
        text = _(
            "🔁 {money} for {plan} went back to {name}, so the Star subscription is stopped at "
            "Telegram.",
            **what,
        )
    under_way = Html("")
    if notice.is_under_way:
        under_way = _("A charge that was under way may still arrive; it is booked as any.")
    return Screen(text=paragraphs(text, under_way), rows=((to_customer(_, notice.customer),),))


async def unheard(visit: Visit, notice: ChargeUnheard) -> Screen:
    """A charge of which nobody knows whether it was made."""
    _ = visit.speech
    text = _(
        "🔴 {way} never said whether {money} for {plan} of {name} was charged to {card} "
        "({reference}). It is not asked again, and {name} can pay by hand; money that still comes "
        "is booked. Please look there.",
        way=provider_name(_, notice.provider),
        money=bold(_.money(notice.money)),
        plan=await plan_name(visit, notice.plan),
        name=bold(notice.name),
        card=notice.card,
        reference=notice.reference,
    )
    return Screen(text=text, rows=((to_customer(_, notice.customer),),))


WORDS: Mapping[type[StaffNotice], Callable[[Visit, Any], Awaitable[Screen | None]]] = {
    StoppedByMoneyBack: stopped,
    ChargeUnheard: unheard,
    MethodRefused: method_refused,
}
