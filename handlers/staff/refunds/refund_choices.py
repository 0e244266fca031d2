"""The choices before a refund: how much, which way, and why."""

from collections.abc import Sequence

from handlers.names import plan_name, provider_name
from handlers.screens import Row, Screen, bold, button, in_rows
from handlers.staff.refunds.wording import reason_name, refund_line
from handlers.visit import Visit
from handlers.wording import Html, Speech, lines, paragraphs
from shop.core.money import Money
from shop.credit.records import Kept
from shop.refunds.cases import Case
from shop.refunds.records import RefundRoute
from shop.refunds.refund import refunder
from shop.refunds.refundable import Refundable
from shop.refunds.states import RefundState

REASONS = ("wish", "broken", "twice", "fraud")
_WALLET_PROVIDER = "wallet"


async def offer_amounts(visit: Visit, it: Refundable) -> Screen:
    """Offer all, half or a typed amount; and show earlier refunds."""
    _, case = visit.speech, it.case
    most, half = it.most, it.half
    # What the wallet paid for the same order can only go back there.
    is_more = it.to_wallet > it.outside > Money.zero(most.currency)
    everything = it.outside if is_more else most
    offered = [
        button(
            _("All: {money}", money=_.money(everything)), "refund", case.receipt, everything.minor
        )
        if not everything.is_zero
        else None,
        button(_("Half: {money}", money=_.money(half)), "refund", case.receipt, half.minor)
        if not half.is_zero and half != most and _parts(visit, case)
        else None,
        button(
            _("The whole order, into the wallet: {money}", money=_.money(it.to_wallet)),
            "refund",
            case.receipt,
            it.to_wallet.minor,
            "w",
        )
        if is_more
        else None,
    ]
    other = _("Another amount: /refund {receipt} AMOUNT", receipt=case.receipt)
    left = _("Nothing is left to give back.") if most.is_zero else other
    below: Row = (
        (button(_("Evidence file"), "receipt_evidence", case.receipt),) if case.order_id else ()
    )
    under_way = [
        button(refund_line(_, one), "refund_details", one.id)
        for one in it.refunds
        if one.state in {RefundState.MANUAL, RefundState.UNKNOWN, RefundState.LINK}
    ]
    text = paragraphs(
        await _title(visit, case), lines(*(refund_line(_, one) for one in it.refunds)), left
    )
    rows = (*in_rows(offered, wide=2), *in_rows(under_way, wide=1), below, _back(_, case))
    return Screen(text=text, rows=tuple(row for row in rows if row))


async def offer_ways(visit: Visit, it: Refundable, money: Money) -> Screen:
    """Offer only the ways that can take this amount."""
    _, case = visit.speech, it.case
    provider = refunder(visit.counter.providers.get(case.provider))
    is_whole = money == case.standing.money
    can_ask = provider is not None and (provider.refunds_parts or is_whole)
    is_wallets = case.provider == _WALLET_PROVIDER  # it came from the wallet and goes back there
    name = provider_name(_, case.provider)
    found = [
        button(_("Back by {way}", way=name), "refund", case.receipt, money.minor, "p")
        if can_ask and not it.outside < money and not is_wallets
        else None,
        button(_("Into the customer’s wallet"), "refund", case.receipt, money.minor, "w")
        if not it.to_wallet < money
        else None,
        button(_("I pay it back myself"), "refund", case.receipt, money.minor, "h")
        if not it.outside < money and not is_wallets
        else None,
    ]
    notes = []
    if provider is not None and not can_ask:
        notes.append(_("{way} gives back all of a payment or nothing.", way=name))
    if not any(found):
        notes.append(_("That is more than is left to give back."))
    text = paragraphs(
        await _title(visit, case),
        _("How shall {money} go back?", money=bold(_.money(money))),
        *notes,
    )
    back: Row = (button(_("← Back"), "refund", case.receipt),)
    return Screen(text=text, rows=(*in_rows(found, wide=1), back))


async def offer_reasons(visit: Visit, it: Refundable, money: Money, route: str) -> Screen:
    """Ask for the reason, which is kept with the refund."""
    _, case = visit.speech, it.case
    found = [
        button(reason_name(_, one), "refund", case.receipt, money.minor, route, one)
        for one in REASONS
    ]
    back: Row = (button(_("← Back"), "refund", case.receipt, money.minor),)
    return Screen(
        text=paragraphs(await _title(visit, case), _("Why?")), rows=(*in_rows(found, wide=2), back)
    )


def question(
    visit: Visit, it: Refundable, money: Money, route: RefundRoute, missing: Sequence[Kept]
) -> Html:
    """The question that staff confirm, and which open orders count on that money."""
    return paragraphs(
        _asked(visit, it, money, route), lines(*(_owed(visit, one) for one in missing))
    )


def _owed(visit: Visit, one: Kept) -> Html:
    _ = visit.speech
    return _(
        "{amount} of it is kept for {plan}, {time}, until {moment}: whoever pays the rest of that "
        "price then pays too little, and is told so.",
        amount=_.money(one.money),
        plan=_.own(one.product.name),
        time=_.interval(one.interval),
        moment=_.moment(one.until, now=visit.now),
    )


def _asked(visit: Visit, it: Refundable, money: Money, route: RefundRoute) -> Html:
    _ = visit.speech
    name = provider_name(_, it.case.provider)
    match route:
        case RefundRoute.WALLET:
            return _("Put {money} into the customer’s wallet?", money=_.money(money))
        case RefundRoute.MANUAL:
            return _(
                "Do you want to pay {money} back yourself? The steps come next.",
                money=_.money(money),
            )
        case _:
            return _("Give {money} back by {way}?", money=_.money(money), way=name)


def _parts(visit: Visit, case: Case) -> bool:
    """Whether a part can go back: the wallet takes any amount, some providers only all of it."""
    return case.customer_id is not None and case.provider in visit.counter.providers


async def _title(visit: Visit, case: Case) -> Html:
    _ = visit.speech
    named = {
        "money": _.money(case.standing.money),
        "way": provider_name(_, case.provider),
        "date": _.date(case.recorded_at),
    }
    came = _("{money} came by {way} on {date}.", **named)
    if case.plan:
        plan = await plan_name(visit, case.plan)
        came = _("{money} for {plan} came by {way} on {date}.", plan=plan, **named)
    tax = case.standing.tax
    taxed = (
        Html("")
        if tax.is_zero
        else _("{tax} of it is tax, and goes back with it.", tax=_.money(tax))
    )
    return lines(bold(_("Give money back")), came, taxed)


def _back(_: Speech, case: Case) -> Row:
    if case.customer_id is None:
        return (button(_("← The shop today"), "desk"),)
    return (button(_("← Back"), "customer", case.customer_id),)
