"""What is told about money: on its way, here, not enough, too much, not come."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import structlog
from telegram.constants import ParseMode
from telegram.error import TelegramError

from handlers.customer.checkout.payment import paid_text
from handlers.customer.checkout.ways import STARS_PROVIDER, ways_screen
from handlers.customer.storefront.plans import plan_screen
from handlers.names import provider_name
from handlers.screens import Args, Screen, button
from handlers.visit import Visit
from handlers.wording import Html, Speech, lines, paragraphs
from shop.catalog.offers import offer
from shop.core.intervals import Interval
from shop.core.money import Money
from shop.ledger.receiving import Verdict
from shop.storefront.plans import pay_screens, price_of, rest_of

_LOG = structlog.get_logger()
Facts = Mapping[str, Any]


async def seen(visit: Visit, facts: Facts) -> Screen:
    """A payment is on its way."""
    _ = visit.speech
    plan = await _plan(visit, facts)
    text = _(
        "⏳ We see your payment for <b>{plan}</b>. As soon as it is confirmed, all is yours; "
        "with crypto that can take some minutes.",
        plan=plan,
    )
    return Screen(text=text)


async def paid(visit: Visit, facts: Facts) -> Screen:
    """The receipt; the pay screen, if it is still there, says so too."""
    _ = visit.speech
    plan, time = await _plan(visit, facts), _.interval(Interval.from_key(facts["term"]))
    await close_pay_screens(visit, facts, paid_text(_, plan=plan, time=time))
    until = datetime.fromtimestamp(facts["until"], UTC)
    follow = _("Your access arrives here in a moment.") if facts["is_new"] else Html("")
    text = paragraphs(
        _("✅ <b>Payment received</b>"),
        lines(
            _("{plan}, {time}", plan=plan, time=time),
            _paid(_, facts),
            _("Yours until: <b>{date}</b>", date=_.moment(until, now=visit.now)),
        ),
        _remark(visit, facts),
        follow,
    )
    return Screen(text=text, rows=((button(_("My account"), "+account"),),))


def _paid(_: Speech, facts: Facts) -> Html:
    """What it cost, and which part of it the wallet gave."""
    used = Money(facts.get("from_wallet", 0), facts["currency"])
    whole = Money(facts["minor"], facts["currency"]) + used
    if not used:
        return _("Paid: {price}", price=_.money(whole))
    if used == whole:
        return _("Paid from your wallet: {price}", price=_.money(whole))
    return _(
        "Paid: {price}, {part} of it from your wallet", price=_.money(whole), part=_.money(used)
    )


def _remark(visit: Visit, facts: Facts) -> Html:
    """What was unusual about this payment."""
    _ = visit.speech
    if by_itself := facts.get("by_itself"):
        how = provider_name(_, by_itself) if by_itself == STARS_PROVIDER else by_itself
        return _("🔁 Renewed by itself with {way}. How to change that: /account", way=how)
    kept = Money(facts["to_wallet"], facts["currency"])
    if kept:
        return _(
            "That was {amount} more than the price. We keep it for you: /wallet",
            amount=_.money(kept),
        )
    if facts["verdict"] == Verdict.TOLERATED:
        missing = Money(facts["missing"], facts["currency"])
        return _("That was {amount} less than the price. We let that be.", amount=_.money(missing))
    if facts["verdict"] == Verdict.LATE:
        return _("It came late, and we kept the old price for you.")
    return Html("")


async def close_pay_screens(visit: Visit, facts: Facts, text: Html) -> None:
    """No message asks for this money any more, whichever ways were begun; it may be gone."""
    for screen in await visit.counter.storage.read(pay_screens, facts["receipt_number"]):
        try:
            await visit.bot.edit_message_text(
                text, chat_id=visit.chat_id, message_id=screen, parse_mode=ParseMode.HTML
            )
        except TelegramError as error:
            _LOG.info("The pay screen stays as it is: %s", error.message)


async def to_wallet(visit: Visit, facts: Facts) -> Screen:
    """Money came that the order does not take."""
    _ = visit.speech
    plan = await _plan(visit, facts)
    came = _.money(Money(facts["minor"], facts["currency"]))
    wallet = button(_("Wallet"), "+wallet")
    match facts["verdict"]:
        case Verdict.SHORT:
            return await _short(visit, facts, plan=plan, came=came)
        case Verdict.DUPLICATE:
            text = _(
                "You have paid for {plan} already, so we keep the second {came} for you.",
                plan=plan,
                came=came,
            )
        case Verdict.WRONG_CURRENCY:
            text = _(
                "{came} arrived, but {plan} was to be paid in {currency}. We keep it for you.",
                plan=plan,
                came=came,
                currency=facts["due_currency"],
            )
        case _late:
            text = _(
                "{came} for {plan} arrived after its price had run out. We keep it for you.",
                plan=plan,
                came=came,
            )
    return Screen(text=text, rows=((wallet, button(_("Write to us"), "+support")),))


async def _short(visit: Visit, facts: Facts, *, plan: Html, came: Html) -> Screen:
    """How much is missing today, and a way to pay just that."""
    _ = visit.speech
    slug, term, currency = facts["plan"], facts["term"], facts["currency"]
    _price, missing = await visit.counter.storage.read(
        rest_of, slug, Interval.from_key(term), currency, visit.customer.id
    )
    wallet = button(_("Wallet"), "+wallet")
    if missing is None:
        text = _("{came} arrived for {plan}. We keep it for you.", came=came, plan=plan)
        return Screen(text=text, rows=((wallet,),))
    text = _(
        "{came} arrived for {plan}; {missing} is still missing. Nothing is lost: pay the rest, "
        "and it begins.",
        came=came,
        plan=plan,
        missing=_.money(missing),
    )
    rest = button(
        _("Pay the remaining {missing}", missing=_.money(missing)),
        "+pay_rest",
        slug,
        term,
        currency,
        style="primary",
    )
    return Screen(text=text, rows=((rest,), (wallet,)))


async def failed(visit: Visit, facts: Facts) -> Screen:
    """A payment did not go through."""
    _ = visit.speech
    text = _(
        "The payment for {plan} did not go through, and nothing was charged.",
        plan=await _plan(visit, facts),
    )
    again = button(_("Try again"), "pay_again", facts["plan"], facts["term"], style="primary")
    return Screen(text=text, rows=((again,), (button(_("Write to us"), "+paysupport"),)))


async def again(visit: Visit, args: Args) -> Screen:
    """Back to the ways to pay, at today's price."""
    slug, interval = args.text(0), Interval.from_key(args.text(1))
    price = await visit.counter.storage.read(
        price_of, slug, interval, visit.customer.id, policy=visit.counter.policy
    )
    if price is None:
        return await plan_screen(visit, slug)
    return await ways_screen(visit, price.id)


async def _plan(visit: Visit, facts: Facts) -> Html:
    found = await visit.counter.storage.read(offer, facts["plan"])
    return visit.speech.own(found.product.name)
