"""What is told of money that a person decides about: kindly, and without suspicion."""

from collections.abc import Mapping
from typing import Any

from handlers.customer.settlement.notices import close_pay_screens
from handlers.screens import Screen, button
from handlers.visit import Visit
from handlers.wording import Html
from shop.catalog.offers import offer
from shop.core.money import Money

Facts = Mapping[str, Any]


async def in_review(visit: Visit, facts: Facts) -> Screen:
    """Money is here, and a person decides."""
    _ = visit.speech
    plan, money = await _named(visit, facts)
    await close_pay_screens(visit, facts, _("✅ <b>{plan}</b>: your payment is here.", plan=plan))
    text = _(
        "✅ Your {money} for <b>{plan}</b> arrived. Before your access opens, a person takes a "
        "short look at the payment. You need not do anything; we write to you here.",
        money=money,
        plan=plan,
    )
    return Screen(text=text, rows=((button(_("Write to us"), "+paysupport"),),))


async def review_refused(visit: Visit, facts: Facts) -> Screen:
    """A person decided against the order; the money is the customer's."""
    _ = visit.speech
    plan, money = await _named(visit, facts)
    text = _(
        "We could not accept your order of {plan}. Nothing is lost: your {money} lie in your "
        "wallet, and we give them back if you write to us.",
        plan=plan,
        money=money,
    )
    row = (button(_("Write to us"), "+paysupport"), button(_("Wallet"), "+wallet"))
    return Screen(text=text, rows=(row,))


async def assigned(visit: Visit, facts: Facts) -> Screen:
    """Staff assigned an unassigned payment to this customer."""
    _ = visit.speech
    money = _.money(Money(facts["minor"], facts["currency"]))
    text = _("We found a payment of {money} that is yours. It is in your wallet now.", money=money)
    return Screen(text=text, rows=((button(_("Wallet"), "+wallet"),),))


async def _named(visit: Visit, facts: Facts) -> tuple[Html, Html]:
    found = await visit.counter.storage.read(offer, facts["plan"])
    money = visit.speech.money(Money(facts["minor"], facts["currency"]))
    return visit.speech.own(found.product.name), money
