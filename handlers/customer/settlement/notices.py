"""What is told about money: on its way, here, not enough, too much, not come."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from telegram.constants import ParseMode
from telegram.error import TelegramError

from handlers.customer.checkout.able import STARS_PROVIDER
from handlers.customer.checkout.payment import paid_text
from handlers.customer.checkout.ways import way_name, ways_screen
from handlers.customer.storefront.plans import plan_screen
from handlers.names import provider_name
from handlers.screens import Args, Screen, button
from handlers.visit import Visit
from handlers.wording import Html, Speech, lines, paragraphs
from shop.catalog.offers import offer
from shop.core.intervals import Interval
from shop.ledger.receiving import Verdict
from shop.messaging.notices import CustomerNotice
from shop.settlement.notices import Paid, PaymentFailed, Seen, SeenNoMore, ToWallet
from shop.storefront.plans import pay_screens, price_of, rest_of

_LOG = structlog.get_logger()


async def seen(visit: Visit, notice: Seen) -> Screen:
    """A payment is on its way."""
    _ = visit.speech
    plan = await _plan(visit, notice.plan)
    text = _(
        "⏳ We see your payment for <b>{plan}</b>. As soon as it is confirmed, all is yours; "
        "with crypto that can take some minutes.",
        plan=plan,
    )
    return Screen(text=text)


async def paid(visit: Visit, notice: Paid) -> Screen:
    """The receipt; the pay screen, if it is still there, says so too."""
    _ = visit.speech
    plan, time = await _plan(visit, notice.plan), _.interval(notice.term)
    await close_pay_screens(visit, notice.receipt, paid_text(_, plan=plan, time=time))
    follow = _("Your access arrives here in a moment.") if notice.is_new else Html("")
    text = paragraphs(
        _("✅ <b>Payment received</b>"),
        lines(
            _("{plan}, {time}", plan=plan, time=time),
            _paid(_, notice),
            _("Yours until: <b>{date}</b>", date=_.moment(notice.until, now=visit.now)),
        ),
        _remark(visit, notice),
        follow,
    )
    return Screen(text=text, rows=((button(_("My account"), "+account"),),))


def _paid(_: Speech, notice: Paid) -> Html:
    """What it cost, and which part of it the wallet gave."""
    used = notice.from_wallet
    whole = notice.money + used
    if used.is_zero:
        return _("Paid: {price}", price=_.money(whole))
    if used == whole:
        return _("Paid from your wallet: {price}", price=_.money(whole))
    return _(
        "Paid: {price}, {part} of it from your wallet", price=_.money(whole), part=_.money(used)
    )


def _remark(visit: Visit, notice: Paid) -> Html:
    """What was unusual about this payment."""
    _ = visit.speech
    if by_itself := notice.by_itself:
        how = provider_name(_, by_itself) if by_itself == STARS_PROVIDER else by_itself
        return _("🔁 Renewed by itself with {way}. How to change that: /account", way=how)
    if not notice.to_wallet.is_zero:
        return _(
            "That was {amount} more than the price. We keep it for you: /wallet",
            amount=_.money(notice.to_wallet),
        )
    if notice.verdict is Verdict.TOLERATED:
        missing = _.money(notice.missing)
        return _("That was {amount} less than the price. We let that be.", amount=missing)
    if notice.verdict is Verdict.LATE:
        return _("It came late, and we kept the old price for you.")
    return Html("")


async def close_pay_screens(visit: Visit, receipt: int, text: Html) -> None:
    """No message asks for this money any more, whichever ways were begun; it may be gone."""
    for screen in await visit.counter.storage.read(pay_screens, receipt):
        try:
            await visit.bot.edit_message_text(
                text, chat_id=visit.chat_id, message_id=screen, parse_mode=ParseMode.HTML
            )
        except TelegramError as error:
            _LOG.info("The pay screen stays as it is: %s", error.message)


async def to_wallet(visit: Visit, notice: ToWallet) -> Screen:
    """Money came that the order does not take."""
    _ = visit.speech
    plan, came = await _plan(visit, notice.plan), _.money(notice.money)
    wallet = button(_("Wallet"), "+wallet")
    match notice.verdict:
        case Verdict.SHORT:
            return await _short(visit, notice, plan=plan, came=came)
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
                currency=notice.due.currency,
            )
        case _late:
            text = _(
                "{came} for {plan} arrived after its price had run out. We keep it for you.",
                plan=plan,
                came=came,
            )
    return Screen(text=text, rows=((wallet, button(_("Write to us"), "+support")),))


async def _short(visit: Visit, notice: ToWallet, *, plan: Html, came: Html) -> Screen:
    """How much is missing today, and a way to pay just that."""
    _ = visit.speech
    slug, currency = notice.plan, notice.money.currency
    _price, missing = await visit.counter.storage.read(
        rest_of, slug, notice.term, currency, visit.customer.id, now=visit.now
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
        notice.term.key,
        currency,
        style="primary",
    )
    return Screen(text=text, rows=((rest,), (wallet,)))


async def failed(visit: Visit, notice: PaymentFailed) -> Screen:
    """A payment did not go through."""
    _ = visit.speech
    text = _(
        "The payment for {plan} did not go through, and nothing was charged.",
        plan=await _plan(visit, notice.plan),
    )
    again = button(_("Try again"), "pay_again", notice.plan, notice.term.key, style="primary")
    return Screen(text=text, rows=((again,), (button(_("Write to us"), "+paysupport"),)))


async def seen_no_more(visit: Visit, notice: SeenNoMore) -> Screen:
    """A payment that they read is on its way ended without money."""
    _ = visit.speech
    told = {
        "plan": await _plan(visit, notice.plan),
        "way": way_name(visit, notice.provider),
    }
    if notice.has_failed:
        end = _(
            "Your payment for {plan} by {way}, which we saw before, did not go through. If your "
            "money left all the same, write to us, and we look for it.",
            **told,
        )
    else:
        end = _(
            "We saw your payment for {plan} by {way}, but it was never confirmed. Should it still "
            "come, it is yours. If your money has left, write to us, and we look for it.",
            **told,
        )
    write = button(_("Write to us"), "+paysupport")
    if notice.is_paid:
        text = lines(end, _("What you have is paid; you need not pay again."))
        return Screen(text=text, rows=((write,),))
    again = button(_("Try again"), "pay_again", notice.plan, notice.term.key, style="primary")
    return Screen(text=end, rows=((again,), (write,)))


async def again(visit: Visit, args: Args) -> Screen:
    """Back to the ways to pay, at today's price."""
    slug, interval = args.text(0), Interval.from_key(args.text(1))
    price = await visit.counter.storage.read(
        price_of, slug, interval, visit.customer.id, policy=visit.counter.policy
    )
    if price is None:
        return await plan_screen(visit, slug)
    return await ways_screen(visit, price.id)


async def _plan(visit: Visit, plan: str) -> Html:
    found = await visit.counter.storage.read(offer, plan)
    return visit.speech.own(found.product.name)


WORDS: Mapping[type[CustomerNotice], Callable[[Visit, Any], Awaitable[Screen | None]]] = {
    Seen: seen,
    Paid: paid,
    ToWallet: to_wallet,
    PaymentFailed: failed,
    SeenNoMore: seen_no_more,
}
