"""What is told to a customer about money that goes back, and about a bank that asks."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from handlers.screens import Screen, bold, button, link
from handlers.visit import Visit
from handlers.wording import Html, Speech, lines, paragraphs
from shop.catalog.offers import offer
from shop.messaging.notices import CustomerNotice
from shop.refunds.access_changes import AccessChange
from shop.refunds.dispute_records import Dispute
from shop.refunds.notices import (
    Disputed,
    DisputeOver,
    Reclaimed,
    Refunded,
    RefundLate,
    RefundLink,
)
from shop.refunds.records import Refund, RefundRoute
from shop.refunds.refundable import refund as refund_of_id
from shop.refunds.rules import AccessAfterRefund
from shop.refunds.states import DisputeState, RefundState

_IN_WALLET = frozenset({RefundRoute.WALLET, RefundRoute.RETURNED})


async def refunded(visit: Visit, notice: Refunded) -> Screen:
    """Money went back."""
    _ = visit.speech
    money = bold(_.money(notice.money))
    plan = await _plan(visit, notice.plan)
    if notice.route in _IN_WALLET:
        text = _("↩️ We put {money} for {plan} into your wallet here.", money=money, plan=plan)
        rows = ((button(_("Wallet"), "+wallet"), button(_("My account"), "+account")),)
    elif notice.route is RefundRoute.MANUAL:
        text = _("↩️ We have paid {money} for {plan} back to you.", money=money, plan=plan)
        rows = ((button(_("My account"), "+account"), button(_("Write to us"), "+paysupport")),)
    else:
        text = _(
            "↩️ {money} for {plan} goes back to you, the way it came. A bank can take some "
            "days to show it.",
            money=money,
            plan=plan,
        )
        rows = ((button(_("My account"), "+account"), button(_("Write to us"), "+paysupport")),)
    return Screen(text=paragraphs(text, _access(_, notice.access)), rows=rows)


async def refund_link(visit: Visit, notice: RefundLink) -> Screen:
    """Money waits for the customer behind a link."""
    _ = visit.speech
    refund = await visit.counter.storage.read(refund_of_id, notice.refund)
    money, plan = bold(_.money(refund.money)), await _plan(visit, notice.plan)
    text = _(
        "↩️ {money} for {plan} is yours again. Open the link, give an address of your "
        "wallet, and it is sent there.",
        money=money,
        plan=plan,
    )
    rows = (
        (link(_("Claim {money}", money=_.money(refund.money)), refund.url),),
        (button(_("Write to us"), "+paysupport"),),
    )
    return Screen(text=paragraphs(text, _access(_, notice.access)), rows=rows)


async def refund_late(visit: Visit, notice: RefundLate) -> Screen:
    """The bank returned what we had sent back."""
    _ = visit.speech
    money = bold(_.money(notice.money))
    text = _(
        "Your bank did not take the {money} that we sent back for {plan}. It is still yours: "
        "write to us where else it may go, or we put it into your wallet here.",
        money=money,
        plan=await _plan(visit, notice.plan),
    )
    return Screen(text=text, rows=((button(_("Write to us"), "+paysupport"),),))


def _access(_: Speech, access: AccessAfterRefund) -> Html:
    words = {
        AccessAfterRefund.END: _("Your access from this payment has ended with it."),
        AccessAfterRefund.SHORTEN: _("Your time is shorter by as much."),
        AccessAfterRefund.KEEP: Html(""),
    }
    return words[access]


async def disputed(visit: Visit, notice: Disputed) -> Screen:
    """The money is asked for, or its provider takes back that it came; access rests."""
    _ = visit.speech
    text = _(
        "The payment for {plan} is in doubt: your bank asks for it back, or whoever took it says "
        "that it did not come. Until that is decided, your access rests. If it is a mistake, tell "
        "your bank or write to us, and all is as it was.",
        plan=await _plan(visit, notice.plan),
    )
    return Screen(text=text, rows=((button(_("Write to us"), "+paysupport"),),))


async def dispute_over(visit: Visit, notice: DisputeOver) -> Screen:
    """The bank has decided, and this is what it did."""
    _ = visit.speech
    plan = await _plan(visit, notice.plan)
    if notice.how is DisputeState.WON:
        text = _("The payment for {plan} is not in doubt any more.", plan=plan)
    elif notice.money.is_zero:
        text = _("Your bank has decided in your favour about the payment for {plan}.", plan=plan)
    else:
        text = _("Your bank took {money} for {plan} back.", money=_.money(notice.money), plan=plan)
    wallet = Html("")
    if not notice.in_wallet.is_zero:
        wallet = _("{money} of it is in your wallet again.", money=_.money(notice.in_wallet))
    rows = ((button(_("My account"), "+account"), button(_("Write to us"), "+paysupport")),)
    return Screen(text=paragraphs(text, lines(wallet, _after(visit, notice))), rows=rows)


def _after(visit: Visit, notice: DisputeOver) -> Html:
    """What became of access by it; nothing is said where nothing did."""
    _ = visit.speech
    if notice.until is None:
        words = {
            AccessChange.ENDED: _(
                "With it the access that it paid for has ended. You are welcome to buy again."
            ),
            AccessChange.SHORTENED: _("The time that it paid for has ended."),
            AccessChange.RESTORED: _(
                "The time that had ended is yours again; your access is on hold."
            ),
        }
    else:
        until = _.moment(notice.until, now=visit.now)
        words = {
            AccessChange.SHORTENED: _(
                "The time that it paid for has ended; your access runs until {date}.", date=until
            ),
            AccessChange.RESTORED: _(
                "The time that had ended is yours again: until {date}.", date=until
            ),
            AccessChange.BACK: _(
                "Your access is on again, until {date}. Thank you for your patience.", date=until
            ),
        }
    return words.get(notice.access, Html(""))


async def reclaimed(visit: Visit, notice: Reclaimed) -> Screen:
    """Money left that had been spent from the wallet."""
    _ = visit.speech
    text = _(
        "↩️ Money that you had used from your wallet went back to where it came from. {money} of "
        "it had paid for {plan}.",
        money=bold(_.money(notice.money)),
        plan=await _plan(visit, notice.plan),
    )
    rows = ((button(_("My account"), "+account"), button(_("Write to us"), "+paysupport")),)
    return Screen(text=paragraphs(text, _access(_, notice.access)), rows=rows)


def back_lines(_: Speech, refunds: tuple[Refund, ...], disputes: tuple[Dispute, ...]) -> Html:
    """The same for /account: what went back lately, and what a bank is asking about."""
    rows = [
        _(
            "⏸ Your bank asks about {money}; your access may rest until it has decided.",
            money=_.money(one.about),
        )
        for one in disputes
    ]
    rows += [_line(_, one) for one in refunds if one.state not in _NOTHING]
    return lines(bold(_("Money back")), *rows) if rows else Html("")


_NOTHING = frozenset({RefundState.FAILED, RefundState.CANCELLED})


def _line(_: Speech, one: Refund) -> Html:
    named = {"date": _.day(one.made_at), "money": _.money(one.money)}
    if one.state is RefundState.LINK:
        return _("{date}: {money} waits for you: {link}", **named, link=one.url)
    if one.state is not RefundState.DONE:
        return _("{date}: {money} is on its way back to you", **named)
    if one.route in _IN_WALLET:
        return _("{date}: {money} was put into your wallet", **named)
    if one.route is RefundRoute.DISPUTE:
        return _("{date}: {money} was taken back by your bank", **named)
    return _("{date}: {money} went back to you", **named)


async def _plan(visit: Visit, plan: str) -> Html:
    if not plan:
        _ = visit.speech
        return _("your payment")
    found = await visit.counter.storage.read(offer, plan)
    return visit.speech.own(found.product.name)


WORDS: Mapping[type[CustomerNotice], Callable[[Visit, Any], Awaitable[Screen | None]]] = {
    Refunded: refunded,
    RefundLink: refund_link,
    RefundLate: refund_late,
    Disputed: disputed,
    DisputeOver: dispute_over,
    Reclaimed: reclaimed,
}
