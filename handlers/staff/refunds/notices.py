"""What staff are told about money that went back, or did not, and about banks that ask."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from handlers.names import plan_name, provider_name
from handlers.screens import Row, Screen, button, in_rows
from handlers.staff.links import to_customer
from handlers.staff.refunds.disputes import tell_dispute, tell_reopened, tell_warning
from handlers.visit import Visit
from handlers.wording import Html, Speech, escape, lines
from shop.messaging.notices import StaffNotice
from shop.ports import is_taken_back
from shop.refunds.access_changes import AccessChange
from shop.refunds.notices import (
    DisputeClosed,
    DisputeOpened,
    DisputeReopened,
    FraudWarning,
    MoneyBack,
    OrderLostMoney,
    RefundFailed,
    RefundMade,
    RefundReturned,
)
from shop.refunds.records import RefundRoute
from shop.refunds.refundable import dispute as dispute_of
from shop.refunds.rules import AccessAfterRefund
from shop.refunds.states import DisputeState


async def money_back(visit: Visit, notice: MoneyBack) -> Screen:
    """Someone gave money back at the provider."""
    _ = visit.speech
    named = {
        "way": provider_name(_, notice.provider),
        "plan": await plan_name(visit, notice.plan),
        "name": notice.name,
    }
    if notice.money.is_zero and not notice.unbooked.is_zero:
        text = _unbooked(_, notice, plan=named["plan"])
    elif not notice.money.is_zero:
        went = _(
            "↩️ {money} for {plan} went back to {name} ({way}).",
            money=_.money(notice.money),
            **named,
        )
        lost = Html("")
        if not notice.loss.is_zero:
            lost = _(
                "{money} of it had been used up: nothing that it paid for could be taken back.",
                money=_.money(notice.loss),
            )
        owed = Html("")
        if not notice.owed.is_zero:
            owed = _(
                "{money} that a bank had returned is still to be paid back.",
                money=_.money(notice.owed),
            )
        more = Html("")
        if not notice.unbooked.is_zero:
            more = _unbooked(_, notice, plan=named["plan"])
        text = lines(went, lost, owed, more)
    else:
        text = lines(
            _(
                "↩️ {way} gave money for {plan} back to {name}, but does not say how much.",
                **named,
            ),
            _(
                "Please look there, and book it: open the customer, “Give money back”, and “I pay "
                "it back myself”."
            ),
        )
    return Screen(text=text, rows=((to_customer(_, notice.customer),),))


def _unbooked(_: Speech, notice: MoneyBack, *, plan: str) -> Html:
    return _(
        "⚠️ {way} says that {money} for {plan} went back to {name}. It is not booked anew: it was "
        "paid back by hand, a bank has it, a person is to decide about it, or it never came. "
        "Please look at {way}.",
        way=provider_name(_, notice.provider),
        money=_.money(notice.unbooked),
        plan=plan,
        name=notice.name,
    )


async def refund_made(visit: Visit, notice: RefundMade) -> Screen:
    """One of the staff gave money back."""
    _ = visit.speech
    into = Html("")
    if notice.route in {RefundRoute.WALLET, RefundRoute.RETURNED}:
        into = _("It lies in the wallet.")
    named = {
        "money": _.money(notice.money),
        "plan": await plan_name(visit, notice.plan) if notice.plan else Html("–"),
        "name": notice.name,
        "staff": notice.staff,
    }
    if notice.route is RefundRoute.MANUAL:
        went = _("↩️ {money} for {plan} was paid back to {name} by hand, by {staff}.", **named)
    else:
        way = provider_name(_, notice.provider)
        went = _("↩️ {money} for {plan} went back to {name} ({way}), by {staff}.", way=way, **named)
    text = lines(
        went,
        into,
        _access(_, notice.access),
    )
    return Screen(text=text, rows=_rows(_, notice.customer))


async def refund_failed(visit: Visit, notice: RefundFailed) -> Screen:
    """The provider refused to give money back."""
    _ = visit.speech
    text = lines(
        _(
            "🔴 {money} could not be given back by {way}; nothing went back.",
            money=_.money(notice.money),
            way=provider_name(_, notice.provider),
        ),
        escape(notice.reason),
    )
    return Screen(text=text, rows=_rows(_, notice.customer))


async def refund_returned(visit: Visit, notice: RefundReturned) -> Screen:
    """Money had gone back, and a bank returned it."""
    _ = visit.speech
    way = provider_name(_, notice.provider)
    what = _(
        "🔴 {money} that went back to {name} for {plan} came back: the bank did not take it.",
        money=_.money(notice.money),
        name=notice.name,
        plan=await plan_name(visit, notice.plan),
    )
    buttons = [to_customer(_, notice.customer)]
    if notice.refund is None:
        todo = _("Our books know no refund of just this sum: please look at {way}.", way=way)
    else:
        todo = _(
            "It lies at {way} again and still belongs to the customer. Ask them where else "
            "it may go.",
            way=way,
        )
        buttons.append(button(_("Pay it back"), "+refund_details", notice.refund))
    text = lines(what, escape(notice.reason), todo)
    return Screen(text=text, rows=in_rows(buttons, wide=2))


async def dispute_closed(visit: Visit, notice: DisputeClosed) -> Screen:
    """A bank has decided: what that did to the money, and to access."""
    _ = visit.speech
    named = {
        "money": _.money(notice.money),
        "plan": await plan_name(visit, notice.plan),
        "name": notice.name,
        "way": provider_name(_, notice.provider),
    }
    one = await visit.counter.storage.read(dispute_of, notice.dispute)
    if notice.how is DisputeState.WON and is_taken_back(one.dispute_ref):
        text = _("✅ {money} from {name} for {plan} counts at {way} again.", **named)
    elif notice.how is DisputeState.WON:
        text = _("✅ The dispute with {name} over {money} for {plan} ({way}) is won.", **named)
    else:
        text = _("🔴 The dispute with {name} over {money} for {plan} ({way}) is lost.", **named)
    owed = Html("")
    if not notice.owed.is_zero:
        owed = _(
            "{money} that a bank had returned is still to be paid back.",
            money=_.money(notice.owed),
        )
    said = lines(text, _money_of(_, notice), owed, _after(visit, notice))
    return Screen(text=said, rows=((to_customer(_, notice.customer),),))


def _money_of(_: Speech, notice: DisputeClosed) -> Html:
    """What a decision did to the money, as the books have it."""
    return (_taken if notice.how is DisputeState.LOST else _kept)(_, notice)


def _taken(_: Speech, notice: DisputeClosed) -> Html:
    way, moved = provider_name(_, notice.provider), _.money(notice.moved)
    if notice.moved.is_zero:
        return _("The books had nothing left of it that could go: please look at {way}.", way=way)
    if notice.moved == notice.money:
        return _("{money} is gone.", money=moved)
    return _(
        "{money} is gone. The books had no more of it, or the bank does not say how much it "
        "took: please look at {way}.",
        money=moved,
        way=way,
    )


def _kept(_: Speech, notice: DisputeClosed) -> Html:
    moved = _.money(notice.moved)
    if not notice.in_wallet.is_zero:
        return _(
            "{money} is here again; {wallet} of it is in the customer’s wallet.",
            money=moved,
            wallet=_.money(notice.in_wallet),
        )
    if not notice.moved.is_zero:
        return _("{money} is here again.", money=moved)
    if notice.kept.is_zero:
        return _("No money moved by it: what was paid had gone back before, or never came.")
    return _("No money moved by it: {money} stays here.", money=_.money(notice.kept))


def _after(visit: Visit, notice: DisputeClosed) -> Html:
    """What became of access by it."""
    _ = visit.speech
    if notice.until is None:
        words = {
            AccessChange.ENDED: _("What was left of the time has ended."),
            AccessChange.SHORTENED: _("Its time was taken back."),
            AccessChange.RESTORED: _(
                "The time that had been taken was given again; access is on hold."
            ),
        }
    else:
        until = _.moment(notice.until, now=visit.now)
        words = {
            AccessChange.SHORTENED: _(
                "Its time was taken back; access runs until {date}.", date=until
            ),
            AccessChange.RESTORED: _(
                "The time that had been taken was given again: until {date}.", date=until
            ),
            AccessChange.BACK: _("Access is on again, until {date}.", date=until),
        }
    return words.get(notice.access, _("Access was left as it is."))


async def order_lost_money(visit: Visit, notice: OrderLostMoney) -> Screen:
    """Money left that a customer had spent from the wallet."""
    _ = visit.speech
    text = lines(
        _(
            "↩️ Money left that {name} had used from the wallet: {plan} has lost {money} by it.",
            name=notice.name,
            plan=await plan_name(visit, notice.plan),
            money=_.money(notice.money),
        ),
        _access(_, notice.access),
    )
    return Screen(text=text, rows=((to_customer(_, notice.customer),),))


def _access(_: Speech, access: AccessAfterRefund) -> Html:
    words = {
        AccessAfterRefund.END: _("What was left of the time has ended."),
        AccessAfterRefund.SHORTEN: _("The time was shortened to match."),
        AccessAfterRefund.KEEP: _("Access was left as it is."),
    }
    return words[access]


def _rows(_: Speech, customer: int | None) -> tuple[Row, ...]:
    return () if customer is None else ((to_customer(_, customer),),)


WORDS: Mapping[type[StaffNotice], Callable[[Visit, Any], Awaitable[Screen | None]]] = {
    MoneyBack: money_back,
    RefundMade: refund_made,
    RefundFailed: refund_failed,
    RefundReturned: refund_returned,
    DisputeOpened: tell_dispute,
    FraudWarning: tell_warning,
    DisputeClosed: dispute_closed,
    DisputeReopened: tell_reopened,
    OrderLostMoney: order_lost_money,
}
