"""Unassigned payments: staff say whose they are and where they go."""

from collections.abc import Awaitable
from dataclasses import replace
from typing import TYPE_CHECKING

from handlers.names import provider_name
from handlers.screens import Args, Screen, bold, button, code
from handlers.staff.access.subscriptions import after
from handlers.staff.confirm import back, sure
from handlers.visit import Visit
from handlers.wording import Html, escape, lines, paragraphs
from shop.core.errors import BadInputError
from shop.customers.people import find
from shop.intake.replays import is_confirmed
from shop.ledger.receipt_records import UnassignedReceipt
from shop.ledger.receiving import Verdict
from shop.orders.payment_records import Affairs
from shop.settlement.unassigned import Place, assign, places_for, unassigned, unassigned_receipt

if TYPE_CHECKING:
    from handlers.screens import Row


_MOST = 8
_WALLET = "w"


async def unassigned_payments(visit: Visit, args: Args) -> Screen:
    """`unassigned` lists the payments, `unassigned:RECEIPT` asks whose one is."""
    _ = visit.speech
    if args.choice(0):
        return await _whose(visit, args.number(0))
    found = (await visit.counter.storage.read(unassigned))[:_MOST]
    title = lines(
        bold(_("Unassigned payments")),
        _("Money that arrived without an order we know: say whose it is."),
    )
    if not found:
        return Screen(text=paragraphs(title, _("✅ No unassigned payments.")), rows=(back(_),))
    text = paragraphs(title, *(_sum(visit, one) for one in found))
    rows: list[Row] = [
        (button(_("M{id}: whose is it?", id=one.id), "unassigned", one.id),) for one in found
    ]
    return Screen(text=text, rows=(*rows, back(_)))


def _sum(visit: Visit, one: UnassignedReceipt) -> Html:
    _ = visit.speech
    return _(
        "<b>M{id}</b> · {date}: {money} by {way}, receipt {receipt}",
        id=one.id,
        date=_.day(one.occurred_at),
        money=_.money(one.money),
        way=provider_name(_, one.provider),
        receipt=code(one.receipt_id[:60]),
    )


async def _whose(visit: Visit, receipt: int) -> Screen:
    _ = visit.speech
    money, people = await visit.counter.storage.read(unassigned_receipt, receipt)
    list_row = (button(_("← Back"), "unassigned"),)
    if money.verdict is not Verdict.UNKNOWN_ORDER:
        return Screen(text=_("This money has found its place."), rows=(list_row,))
    how = _(
        "If you know whose it is, write {example} with a number, @username or name.",
        example=code(f"/assign {receipt} …"),
    )
    asked = _("Lately asked for just this sum:") if people else Html("")
    rows = [
        (button(escape(f"{one.name} · {one.id}"), "assign", receipt, one.id),) for one in people
    ]
    return Screen(text=paragraphs(_sum(visit, money), how, asked), rows=(*rows, list_row))


async def assign_by_words(visit: Visit, words: list[str]) -> Screen:
    """`/assign RECEIPT WHO`."""
    _ = visit.speech
    if len(words) < 2 or not words[0].isdecimal():  # noqa: PLR2004 - the two
        raise BadInputError(reason=_("Write it like this: /assign 12 @name").plain)
    receipt = Args((words[0],)).number(0)
    people = await visit.counter.storage.read(find, " ".join(words[1:])[:100])
    if len(people) == 1:
        return await _places(visit, receipt, people[0].id)
    if not people:
        return (await _whose(visit, receipt)).explaining(_("Nobody here fits that."))
    rows = [
        (button(escape(f"{one.name} · {one.id}"), "assign", receipt, one.id),) for one in people
    ]
    return Screen(
        text=_("Who of these?"), rows=(*rows, (button(_("← Back"), "unassigned", receipt),))
    )


async def assign_payment(visit: Visit, args: Args) -> Screen:
    """`assign:RECEIPT:CUSTOMER[:PLACE[:MOMENT]]`: the wallet or an order, then confirm."""
    receipt, customer_id, where = args.number(0), args.number(1), args.choice(2)
    if not where:
        return await _places(visit, receipt, customer_id)
    place = await visit.counter.storage.read(places_for, receipt, customer_id)
    chosen = _chosen(place, where)
    if args.choice(3):
        return await after(visit, customer_id, _done(visit, place, chosen))
    _ = visit.speech
    money, name = _.money(place.money.money), place.customer.name
    if chosen is None:
        ask = _("Put {money} into the wallet of {name}?", money=money, name=name)
    else:
        ask = _(
            "Pay {order} of {name} with {money}?",
            order=_order(visit, chosen),
            name=name,
            money=money,
        )
    asked = sure(visit, ask, "assign", receipt, customer_id, where, back=("unassigned", receipt))
    return replace(asked, text=paragraphs(asked.text, await _confirmation(visit, place.money)))


async def _confirmation(visit: Visit, money: UnassignedReceipt) -> Html:
    """Ask the provider before the confirming tap: an inbox event alone may lie."""
    _, counter = visit.speech, visit.counter
    way = provider_name(_, money.provider)
    if await is_confirmed(counter.storage, counter.providers, money.id):
        return _("{way} says so itself.", way=way)
    return _(
        "⚠️ Only a webhook tells of this money; {way} did not confirm it when asked. Look "
        "there yourself first.",
        way=way,
    )


async def _places(visit: Visit, receipt: int, customer_id: int) -> Screen:
    _ = visit.speech
    place = await visit.counter.storage.read(places_for, receipt, customer_id)
    if place.money.verdict is not Verdict.UNKNOWN_ORDER:
        return await _whose(visit, receipt)
    text = paragraphs(
        _sum(visit, place.money),
        _("Where shall it go, if it is {name}’s?", name=place.customer.name),
    )
    orders = [
        (button(_order(visit, one), "assign", receipt, customer_id, one.payment_id),)
        for one in place.orders
    ]
    wallet = (button(_("Into the wallet"), "assign", receipt, customer_id, _WALLET),)
    return Screen(text=text, rows=(*orders, wallet, (button(_("← Back"), "unassigned", receipt),)))


def _order(visit: Visit, one: Affairs) -> Html:
    _ = visit.speech
    return _(
        "{plan}, {time} · {price}",
        plan=_.own(one.product.name),
        time=_.interval(one.interval),
        price=_.money(one.whole),
    )


def _chosen(place: Place, where: str) -> Affairs | None:
    if where == _WALLET:
        return None
    found = next((one for one in place.orders if str(one.payment_id) == where), None)
    if found is None:
        raise BadInputError(reason="That order is no longer open.")
    return found


def _done(visit: Visit, place: Place, chosen: Affairs | None) -> Awaitable[object]:
    counter = visit.counter
    return counter.storage.run(
        assign,
        visit.customer.telegram_id,
        receipt=place.money.id,
        customer_id=place.customer.id,
        reference="" if chosen is None else chosen.reference,
        policy=counter.policy,
        now=visit.now,
    )
