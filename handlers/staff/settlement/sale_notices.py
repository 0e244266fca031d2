"""What staff are told about money that came: a sale, or money that no order takes."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from handlers.names import plan_name, provider_name, verdict_name
from handlers.screens import Screen, button
from handlers.staff.links import to_customer
from handlers.visit import Visit
from handlers.wording import Html, Speech, lines
from shop.ledger.receiving import Verdict
from shop.messaging.notices import StaffNotice
from shop.settlement.notices import OddMoney, Sale, UnknownMoney


async def sale(visit: Visit, notice: Sale) -> Screen:
    """Someone bought."""
    _ = visit.speech
    text = lines(
        _(
            "💰 {name} paid {money} for {plan}, {time}.",
            name=notice.name,
            plan=await plan_name(visit, notice.plan),
            money=_.money(notice.money + notice.from_wallet),
            time=_.interval(notice.term),
        ),
        _from_wallet(_, notice),
        _remark(_, notice),
    )
    return Screen(text=text, rows=((to_customer(_, notice.customer),),))


def _from_wallet(_: Speech, notice: Sale) -> Html:
    """How much of it is no new money."""
    if notice.from_wallet.is_zero:
        return Html("")
    return _("{part} of it came from the wallet.", part=_.money(notice.from_wallet))


def _remark(_: Speech, notice: Sale) -> Html:
    """What was unusual about a sale."""
    if not notice.to_wallet.is_zero:
        more = _.money(notice.to_wallet)
        return _("That was {amount} more than the price; it is in the wallet.", amount=more)
    if notice.verdict is Verdict.TOLERATED:
        missing = _.money(notice.missing)
        return _("That was {amount} less than the price, within your tolerance.", amount=missing)
    if notice.verdict is Verdict.LATE:
        return _("It came late; the old price still held.")
    return Html("")


async def odd_money(visit: Visit, notice: OddMoney) -> Screen:
    """Money came that an order did not take."""
    _ = visit.speech
    text = lines(
        _(
            "⚠️ {money} from {name} by {way}: {how}.",
            money=_.money(notice.money),
            name=notice.name,
            way=provider_name(_, notice.provider),
            how=verdict_name(_, notice.verdict),
        ),
        _(
            "{plan}, {time} costs {due}. The money is in the wallet.",
            plan=await plan_name(visit, notice.plan),
            time=_.interval(notice.term),
            due=_.money(notice.due),
        ),
    )
    return Screen(text=text, rows=((to_customer(_, notice.customer),),))


async def unknown_money(visit: Visit, notice: UnknownMoney) -> Screen:
    """Money came that belongs to no order we know."""
    _ = visit.speech
    text = lines(
        _(
            "⚠️ {money} by {way} belongs to no order we know.",
            money=_.money(notice.money),
            way=provider_name(_, notice.provider),
        ),
        _(
            "Receipt {receipt}, reference {reference}",
            receipt=notice.receipt_id,
            reference=notice.reference or "–",
        ),
    )
    return Screen(text=text, rows=((button(_("Whose is it?"), "+unassigned", notice.receipt),),))


WORDS: Mapping[type[StaffNotice], Callable[[Visit, Any], Awaitable[Screen | None]]] = {
    Sale: sale,
    OddMoney: odd_money,
    UnknownMoney: unknown_money,
}
