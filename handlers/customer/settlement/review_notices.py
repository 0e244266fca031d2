"""What is told of money that a person decides about: kindly, and without suspicion."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from handlers.customer.settlement.notices import close_pay_screens
from handlers.screens import Screen, button
from handlers.visit import Visit
from handlers.wording import Html
from shop.catalog.offers import offer
from shop.messaging.notices import CustomerNotice
from shop.settlement.notices import Assigned, InReview, ReviewRefused


async def in_review(visit: Visit, notice: InReview) -> Screen:
    """Money is here, and a person decides."""
    _ = visit.speech
    plan, money = await _plan(visit, notice.plan), _.money(notice.money)
    here = _("✅ <b>{plan}</b>: your payment is here.", plan=plan)
    await close_pay_screens(visit, notice.receipt, here)
    text = _(
        "✅ Your {money} for <b>{plan}</b> arrived. Before your access opens, a person takes a "
        "short look at the payment. You need not do anything; we write to you here.",
        money=money,
        plan=plan,
    )
    return Screen(text=text, rows=((button(_("Write to us"), "+paysupport"),),))


async def review_refused(visit: Visit, notice: ReviewRefused) -> Screen:
    """A person decided against the order; the money is the customer's."""
    _ = visit.speech
    plan, money = await _plan(visit, notice.plan), _.money(notice.money)
    text = _(
        "We could not accept your order of {plan}. Nothing is lost: your {money} lie in your "
        "wallet, and we give them back if you write to us.",
        plan=plan,
        money=money,
    )
    row = (button(_("Write to us"), "+paysupport"), button(_("Wallet"), "+wallet"))
    return Screen(text=text, rows=(row,))


async def assigned(visit: Visit, notice: Assigned) -> Screen:
    """Money that had come without a name was found to be this customer's."""
    _ = visit.speech
    money = _.money(notice.money)
    text = _("We found a payment of {money} that is yours. It is in your wallet now.", money=money)
    return Screen(text=text, rows=((button(_("Wallet"), "+wallet"),),))


async def _plan(visit: Visit, plan: str) -> Html:
    found = await visit.counter.storage.read(offer, plan)
    return visit.speech.own(found.product.name)


WORDS: Mapping[type[CustomerNotice], Callable[[Visit, Any], Awaitable[Screen | None]]] = {
    InReview: in_review,
    ReviewRefused: review_refused,
    Assigned: assigned,
}
