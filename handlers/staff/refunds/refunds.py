"""Giving money back, step by step: which payment, how much, which way, why."""

from typing import TYPE_CHECKING

from handlers.names import provider_name
from handlers.screens import Args, OddButtonError, Screen, button, in_rows
from handlers.staff.confirm import sure
from handlers.staff.refunds.refund_choices import (
    REASONS,
    offer_amounts,
    offer_reasons,
    offer_ways,
    question,
)
from handlers.staff.refunds.wording import refund_screen
from handlers.visit import Visit
from handlers.wording import Html
from shop.core.errors import BadInputError
from shop.core.money import Money
from shop.core.sums import readings_of
from shop.refunds.records import RefundRoute
from shop.refunds.refund import RefundWish, begin_refund, carry_out_refund, refunder
from shop.refunds.refundable import (
    Refundable,
    missing_after,
    receipts_of,
    refund_of,
    refundable,
)
from shop.refunds.rules import TooMuchBackError
from shop.refunds.states import RefundState

if TYPE_CHECKING:
    from handlers.screens import Row

_ROUTES = {"p": RefundRoute.PROVIDER, "w": RefundRoute.WALLET, "h": RefundRoute.MANUAL}
_LONGEST_TAP = 12


async def refund_receipt(visit: Visit, args: Args) -> Screen | None:
    """`refund:RECEIPT[:MINOR[:ROUTE[:REASON[:MOMENT]]]]`: each step adds an argument."""
    it = await visit.counter.storage.read(refundable, args.number(0))
    if not args.choice(1):
        return await offer_amounts(visit, it)
    money = Money(args.number(1), it.case.standing.money.currency)
    if not (route := args.choice(2)):
        return await offer_ways(visit, it, money)
    if route not in _ROUTES:
        raise OddButtonError
    if not (reason := args.choice(3)):
        return await offer_reasons(visit, it, money, route)
    if reason not in REASONS:
        raise OddButtonError
    if tap := _tap(args.choice(4)):
        wish = RefundWish(
            receipt=it.case.receipt, money=money, route=_ROUTES[route], reason=reason, tap=tap
        )
        return await _do(visit, it, wish)
    missing = await visit.counter.storage.read(
        missing_after, it.case.receipt, money, _ROUTES[route], now=visit.now
    )
    return sure(
        visit,
        question(visit, it, money, _ROUTES[route], missing),
        "refund",
        it.case.receipt,
        money.minor,
        route,
        reason,
        back=("refund", it.case.receipt),
    )


async def _do(visit: Visit, it: Refundable, wish: RefundWish) -> Screen:
    _, counter = visit.speech, visit.counter
    staff = visit.customer.telegram_id
    is_asked = wish.route is RefundRoute.PROVIDER
    if is_asked and refunder(counter.providers.get(it.case.provider)) is None:
        return (await offer_amounts(visit, it)).explaining(
            _("This money cannot be given back by {way}.", way=provider_name(_, it.case.provider))
        )
    try:
        refund = await counter.storage.run(
            begin_refund, wish, staff, policy=counter.policy, now=visit.now
        )
    except TooMuchBackError:
        it = await counter.storage.read(refundable, wish.receipt)
        return (await offer_amounts(visit, it)).explaining(
            _("That is more than is left to give back.")
        )
    except BadInputError as error:
        return (await offer_amounts(visit, it)).explaining(Html(error.sentence))
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


async def refund_all(visit: Visit, args: Args) -> Screen:
    """`refund_all:RECEIPT:TAP`: give back all that is left, from a fraud warning's button."""
    it = await visit.counter.storage.read(refundable, args.number(0))
    if it.outside.is_zero:
        done = next((one for one in reversed(it.refunds)), None)
        if done is not None:
            return refund_screen(visit, done, it.case)
        return await offer_amounts(visit, it)
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
    meant = readings_of(words[1], it.case.standing.money.currency)
    if any(one.is_zero for one in meant):
        raise BadInputError(reason=_("Write it like this: /refund 12 4.50").plain)
    if len(meant) == 1:
        return await refund_receipt(visit, Args((words[0], str(meant[0].minor))))
    rows = [button(_.money(one), "refund", it.case.receipt, one.minor) for one in meant]
    return Screen(text=_("How much do you mean?"), rows=in_rows(rows, wide=1))


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
