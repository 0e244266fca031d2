"""Finding a customer, and all that matters about one on a single screen."""

from typing import TYPE_CHECKING

from handlers.customer.storefront.account import status
from handlers.names import order_state_name, provider_name, verdict_name
from handlers.screens import Args, Screen, bold, button, code, in_rows
from handlers.staff.confirm import back
from handlers.staff.refunds.wording import dispute_line, refund_line
from handlers.visit import Visit
from handlers.wording import Html, Speech, escape, lines, paragraphs
from shop.access.states import SubscriptionState
from shop.access.subscription_records import Subscription
from shop.core.intervals import Interval, Unit
from shop.core.money import Money
from shop.customers.people import find
from shop.customers.records import Customer
from shop.desk.overview import History, history
from shop.ledger.receipt_records import Receipt
from shop.orders.order_records import OrderKind, OrderShown
from shop.refunds.states import DisputeState
from shop.staff.audit_records import Act

if TYPE_CHECKING:
    from handlers.screens import Row

_MOST_SUBSCRIPTIONS = 6
_LONGEST_FACTS = 80


async def ask_for_name(visit: Visit, _args: Args) -> Screen:
    """Explain how to search."""
    _ = visit.speech
    text = _("Write me a name, an @username or a number: of the customer here, or in Telegram.")
    return Screen(text=text, rows=(back(_),))


async def found(visit: Visit, words: str) -> Screen:
    """List the customers who match; a single match is shown at once."""
    _ = visit.speech
    if not words.strip():
        return await ask_for_name(visit, Args(()))
    people = await visit.counter.storage.read(find, words[:100])
    if len(people) == 1:
        return await story(visit, people[0].id)
    if not people:
        text = _("Nobody here fits “{words}”.", words=words[:100])
        return Screen(text=text, rows=(back(_),))
    names = [button(escape(_name(one)), "customer", one.id) for one in people]
    return Screen(text=_("Who of these?"), rows=(*in_rows(names, wide=1), back(_)))


def _name(one: Customer) -> str:
    username = f" @{one.username}" if one.username else ""
    return f"{one.name}{username} · {one.id}"


async def customer(visit: Visit, args: Args) -> Screen:
    """One customer."""
    return await story(visit, args.number(0))


async def story(visit: Visit, customer_id: int) -> Screen:
    """All that matters about one customer."""
    _ = visit.speech
    it = await visit.counter.storage.read(history, customer_id)
    text = paragraphs(
        _person(_, it.customer),
        _part(_("Plans"), [_subscription(visit, one) for one in _latest(it)]),
        _part(_("Wallet"), [_.money(one) for one in it.wallets]),
        _part(_("Orders"), [_order(_, one) for one in it.orders]),
        _part(_("Money"), [_receipt(_, one) for one in it.receipts]),
        _part(_("Money back"), [refund_line(_, one) for one in it.refunds]),
        _part(_("Banks ask"), [dispute_line(_, one) for one in it.disputes]),
        _part(_("What staff did"), [act_line(_, one, by) for one, by in it.acts]),
    )
    plans = [
        button(_("{plan} …", plan=_.own(one.product.name)), "subscription", one.id)
        for one in _latest(it)
        if one.standing.state is not SubscriptionState.ENDED
    ]
    give: Row = (button(_("Give time"), "grant", customer_id),)
    if it.receipts:
        give = (*give, button(_("Give money back"), "refunds", customer_id))
    banks = [
        button(dispute_line(_, one), "dispute", one.id)
        for one in it.disputes
        if one.state is DisputeState.OPEN
    ]
    return Screen(
        text=text, rows=(*in_rows(plans, wide=2), *in_rows(banks, wide=1), give, back(_))
    )


def _latest(it: History) -> tuple[Subscription, ...]:
    return it.subscriptions[:_MOST_SUBSCRIPTIONS]


def _part(title: Html, rows: list[Html]) -> Html:
    return lines(bold(title), *rows) if rows else Html("")


def _person(_: Speech, one: Customer) -> Html:
    username = escape(f" @{one.username}") if one.username else Html("")
    known = _(
        "since {date} · speaks {language}", date=_.day(one.created_at), language=one.language
    )
    numbers = _(
        "Customer {id} · Telegram {telegram}",
        id=code(str(one.id)),
        telegram=code(str(one.telegram_id)),
    )
    blocked = Html("") if one.is_reachable else _("🔴 Has blocked the bot")
    return lines(Html(f"{bold(one.name)}{username}"), numbers, known, blocked)


def _subscription(visit: Visit, one: Subscription) -> Html:
    _ = visit.speech
    how = Html(" · ".join(status(visit, one.standing)))
    if one.standing.is_frozen:
        how = _("🔴 On hold")  # `status` would tell the reader to write to us
    return _("{plan}: {how}", plan=_.own(one.product.name), how=how)


def _order(_: Speech, one: OrderShown) -> Html:
    kinds = {OrderKind.TRIAL: _("trial"), OrderKind.GRANT: _("given")}
    how = kinds.get(one.order.kind) or order_state_name(_, one.order.state)
    return _(
        "{date} {plan}, {time}: {how}",
        date=_.day(one.order.created_at),
        plan=_.own(one.product.name),
        time=_.interval(one.interval),
        how=how,
    )


def _receipt(_: Speech, one: Receipt) -> Html:
    return _(
        "{date} {money} · {way}: {how}",
        date=_.day(one.recorded_at),
        money=_.money(one.money),
        way=provider_name(_, one.provider),
        how=verdict_name(_, one.verdict),
    )


def act_line(_: Speech, one: Act, by: str) -> Html:
    """What was done, with its facts, and by whom."""
    facts = ", ".join(f"{key} {_fact(_, fact)}" for key, fact in one.facts.items())
    return _(
        "{date} {act} ({facts}) by {staff}",
        date=_.day(one.acted_at),
        act=one.act,
        facts=facts[:_LONGEST_FACTS],
        staff=by,
    )


def _fact(_: Speech, fact: object) -> str:
    """Money and intervals, which the audit holds as JSON, the way people read them."""
    match fact:
        case {"minor": int(minor), "currency": str(currency)}:
            return _.money(Money(minor, currency)).plain
        case {"count": int(count), "unit": str(unit)}:
            return _.interval(Interval(count=count, unit=Unit(unit))).plain
    return str(fact)
