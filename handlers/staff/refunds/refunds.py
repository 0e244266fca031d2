"""Giving money back, step by step: which payment, how much, which way, why."""

from handlers.names import plan_name, provider_name
from handlers.screens import Args, OddButtonError, Row, Screen, bold, button, in_rows
from handlers.staff.confirm import sure
from handlers.staff.refunds.wording import reason_name, refund_line, refund_screen
from handlers.visit import Visit
from handlers.wording import Html, Speech, lines, paragraphs
from shop.core.errors import BadInputError
from shop.core.money import Money
from shop.refunds.manual_refunds import cancel_manual_refund, confirm_manual_refund
from shop.refunds.records import Case, RefundRoute
from shop.refunds.refund import (
    RefundMovedOnError,
    RefundWish,
    begin_refund,
    carry_out_refund,
    refunder,
)
from shop.refunds.refundable import Refundable, receipts_of, refund_of, refundable
from shop.refunds.rules import TooMuchBackError
from shop.refunds.states import RefundState

_ROUTES = {"p": RefundRoute.PROVIDER, "w": RefundRoute.WALLET, "h": RefundRoute.MANUAL}
REASONS = ("wish", "broken", "twice", "fraud")
_WALLET_PROVIDER = "wallet"
_LONGEST_TAP = 12


async def refund_receipt(visit: Visit, args: Args) -> Screen | None:
    """`refund:RECEIPT[:MINOR[:ROUTE[:REASON[:MOMENT]]]]`: each step adds an argument."""
    it = await visit.counter.storage.read(refundable, args.number(0))
    if not args.choice(1):
        return await _amounts(visit, it)
    money = Money(args.number(1), it.case.standing.money.currency)
    if not (route := args.choice(2)):
        return await _ways(visit, it, money)
    if route not in _ROUTES:
        raise OddButtonError
    if not (reason := args.choice(3)):
        return await _reasons(visit, it, money, route)
    if reason not in REASONS:
        raise OddButtonError
    if tap := _tap(args.choice(4)):
        wish = RefundWish(
            receipt=it.case.receipt, money=money, route=_ROUTES[route], reason=reason, tap=tap
        )
        return await _do(visit, it, wish)
    _ = visit.speech
    return sure(
        visit,
        _question(visit, it, money, _ROUTES[route]),
        "refund",
        it.case.receipt,
        money.minor,
        route,
        reason,
        back=("refund", it.case.receipt),
    )


async def _amounts(visit: Visit, it: Refundable) -> Screen:
    _, case = visit.speech, it.case
    most, half = it.most, it.half
    # What the wallet paid for the same order can only go back there.
    is_more = it.to_wallet > it.outside > Money.zero(most.currency)
    everything = it.outside if is_more else most
    offered = [
        button(
            _("All: {money}", money=_.money(everything)), "refund", case.receipt, everything.minor
        )
        if everything
        else None,
        button(_("Half: {money}", money=_.money(half)), "refund", case.receipt, half.minor)
        if half and half != most and _parts(visit, case)
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
    left = _("Nothing is left to give back.") if not most else other
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
    taxed = _("{tax} of it is tax, and goes back with it.", tax=_.money(tax)) if tax else Html("")
    return lines(bold(_("Give money back")), came, taxed)


async def _ways(visit: Visit, it: Refundable, money: Money) -> Screen:
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


async def _reasons(visit: Visit, it: Refundable, money: Money, route: str) -> Screen:
    _, case = visit.speech, it.case
    found = [
        button(reason_name(_, one), "refund", case.receipt, money.minor, route, one)
        for one in REASONS
    ]
    back: Row = (button(_("← Back"), "refund", case.receipt, money.minor),)
    return Screen(
        text=paragraphs(await _title(visit, case), _("Why?")), rows=(*in_rows(found, wide=2), back)
    )


def _question(visit: Visit, it: Refundable, money: Money, route: RefundRoute) -> Html:
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


async def _do(visit: Visit, it: Refundable, wish: RefundWish) -> Screen:
    _, counter = visit.speech, visit.counter
    staff = visit.customer.telegram_id
    try:
        refund = await counter.storage.run(
            begin_refund, wish, staff, policy=counter.policy, now=visit.now
        )
    except TooMuchBackError:
        it = await counter.storage.read(refundable, wish.receipt)
        return (await _amounts(visit, it)).explaining(_("That is more than is left to give back."))
    except BadInputError as error:
        return (await _amounts(visit, it)).explaining(Html(error.sentence))
    if refund.state is RefundState.ASKED:
        asked = await carry_out_refund(
            counter.storage,
            counter.providers,
            refund.id,
            policy=counter.policy,
            clock=counter.clock,
        )
        refund = asked or refund
    counter.wake()
    return refund_screen(visit, *await counter.storage.read(refund_of, refund.id))


async def refund_details(visit: Visit, args: Args) -> Screen:
    """`refund_details:REFUND`: show one refund."""
    return refund_screen(visit, *await visit.counter.storage.read(refund_of, args.number(0)))


async def confirm_paid(visit: Visit, args: Args) -> Screen:
    """`refund_paid:REFUND`: staff have paid it back by hand."""
    return await _by_hand(visit, args.number(0), is_paid=True)


async def cancel_unpaid(visit: Visit, args: Args) -> Screen:
    """`refund_not_paid:REFUND`: staff will not pay it back after all."""
    return await _by_hand(visit, args.number(0), is_paid=False)


async def _by_hand(visit: Visit, refund_id: int, *, is_paid: bool) -> Screen:
    _, counter = visit.speech, visit.counter
    act = confirm_manual_refund if is_paid else cancel_manual_refund
    words = _("Done.")
    try:
        await counter.storage.run(
            act,
            visit.customer.telegram_id,
            refund_id=refund_id,
            policy=counter.policy,
            now=visit.now,
        )
    except RefundMovedOnError:
        words = _("That was done already.")
    counter.wake()
    screen = refund_screen(visit, *await counter.storage.read(refund_of, refund_id))
    return screen.saying(words)


async def refund_all(visit: Visit, args: Args) -> Screen:
    """`refund_all:RECEIPT:TAP`: give back all that is left, from a fraud warning's button."""
    it = await visit.counter.storage.read(refundable, args.number(0))
    if not it.outside:
        done = next((one for one in reversed(it.refunds)), None)
        if done is not None:
            return refund_screen(visit, done, it.case)
        return await _amounts(visit, it)
    provider = refunder(visit.counter.providers.get(it.case.provider))
    is_whole = it.outside == it.case.standing.money
    can_ask = provider is not None and (provider.refunds_parts or is_whole)
    wish = RefundWish(
        receipt=it.case.receipt,
        money=it.outside,
        reason="fraud",
        tap=_tap(args.text(1)),
        route=RefundRoute.PROVIDER if can_ask else RefundRoute.MANUAL,
    )
    return await _do(visit, it, wish)


async def refund_by_words(visit: Visit, words: list[str]) -> Screen | None:
    """`/refund RECEIPT AMOUNT`."""
    _ = visit.speech
    if len(words) != 2 or not words[0].isdigit():  # noqa: PLR2004 - the two
        raise BadInputError(reason=_("Write it like this: /refund 12 4.50").plain)
    it = await visit.counter.storage.read(refundable, Args(tuple(words)).number(0))
    money = Money.parse(words[1].replace(",", "."), it.case.standing.money.currency)
    if money.minor <= 0:
        raise BadInputError(reason=_("Write it like this: /refund 12 4.50").plain)
    return await refund_receipt(visit, Args((words[0], str(money.minor))))


async def refunds(visit: Visit, args: Args) -> Screen:
    """`refunds:CUSTOMER`: choose which of the customer's payments to refund."""
    _ = visit.speech
    found = await visit.counter.storage.read(receipts_of, args.number(0))
    rows = [
        button(
            _(
                "{date} {money} · {way}",
                date=_.day(one.recorded_at),
                money=_.money(one.standing.money),
                way=provider_name(_, one.provider),
            ),
            "refund",
            one.receipt,
        )
        for one in found
    ]
    text = (
        _("Which money shall go back?") if rows else _("No money has come from this customer yet.")
    )
    back: Row = (button(_("← Back"), "customer", args.number(0)),)
    return Screen(text=text, rows=(*in_rows(rows, wide=1), back))


def _tap(text: str) -> str:
    """The tap, checked: it becomes part of our reference, which has letters and digits only."""
    if text and not (text.isascii() and text.isalnum() and len(text) <= _LONGEST_TAP):
        raise OddButtonError
    return text


def _back(_: Speech, case: Case) -> Row:
    if case.customer_id is None:
        return (button(_("← The shop today"), "desk"),)
    return (button(_("← Back"), "customer", case.customer_id),)
