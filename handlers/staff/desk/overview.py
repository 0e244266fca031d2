"""The desk: today's shop at a glance."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from handlers.jobs import jobs_name
from handlers.names import plan_name, provider_name
from handlers.screens import Args, Screen, bold, button
from handlers.visit import Visit
from handlers.wording import Html, Speech, escape, lines, paragraphs
from shop.access.reminder_rules import zone_of
from shop.access.states import SubscriptionState as State
from shop.catalog.offers import offers
from shop.desk.overview import Today, today
from shop.messaging.outbox_records import Depth

STOCK = "stock"


async def desk(visit: Visit, _args: Args) -> Screen:
    """Today's sales, subscriptions, stock, and what waits for staff."""
    _, storage = visit.speech, visit.counter.storage
    found = await storage.read(
        today, since=_morning(visit), policy=visit.counter.policy, now=visit.now
    )
    sold = await storage.read(offers)
    stocked = [one.product.slug for one in sold if one.product.connector == STOCK]
    levels = {slug: found.stock.get(slug, 0) for slug in sorted({*found.stock, *stocked})}
    left = [(await plan_name(visit, slug), many) for slug, many in levels.items()]
    text = paragraphs(
        bold(_("The shop today")),
        lines(_sales(_, found), _("New customers: {n}", n=found.new_customers)),
        _subscriptions(_, found.subscriptions),
        _stock(visit, left),
        lines(_waiting(_, found.backlog.outbox), _trouble(_, found), *_guarded(visit, found)),
    )
    rows = (
        (button(_("Find a customer"), "find_customer"),),
        (button(_("Load stock"), "stock"), button(_("Failed jobs"), "failed_jobs")),
        (button(_("Payments to review"), "reviews"),),
        (button(_("Unassigned payments"), "unassigned"),),
        *(((button(_("Transfers: {n}", n=found.proofs), "proofs"),),) if found.proofs else ()),
        (button(_("Refresh"), "desk"),),
    )
    return Screen(text=text, rows=rows)


def _morning(visit: Visit) -> datetime:
    """Midnight in the shop's time zone."""
    local = visit.now.astimezone(zone_of(visit.counter.zone))
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


def _sales(_: Speech, found: Today) -> Html:
    if not found.sales:
        return _("No sales yet today.")
    totals = [(many, bold(_.money(money))) for many, money in found.sales]
    sums = (
        _.ngettext("{n} payment, {sum}", "{n} payments, {sum}", many, sum=total)
        for many, total in totals
    )
    back = (
        _.ngettext("{n} refund, {sum}", "{n} refunds, {sum}", many, sum=_.money(money))
        for many, money in found.refunded
    )
    return lines(*sums, *back)


def _subscriptions(_: Speech, counts: Mapping[State, int]) -> Html:
    names = {
        State.ACTIVE: _("🟢 Active: {n}", n=counts.get(State.ACTIVE, 0)),
        State.TRIALING: _("🟢 On trial: {n}", n=counts.get(State.TRIALING, 0)),
        State.PAST_DUE: _("🟡 In grace: {n}", n=counts.get(State.PAST_DUE, 0)),
        State.SUSPENDED: _("🔴 Off: {n}", n=counts.get(State.SUSPENDED, 0)),
    }
    always = {State.ACTIVE}
    return lines(*(text for state, text in names.items() if counts.get(state) or state in always))


def _stock(visit: Visit, levels: Sequence[tuple[Html, int]]) -> Html:
    """Each plan sold from stock, including those that have run out."""
    _ = visit.speech
    if not levels:
        return Html("")
    low = visit.counter.policy.low_stock
    return lines(bold(_("Stock")), *(_level(_, plan, left, low=low) for plan, left in levels))


def _level(_: Speech, plan: Html, left: int, *, low: int) -> Html:
    if left == 0:
        return _("🔴 {plan}: nothing left", plan=plan)
    if left <= low:
        return _("🟡 {plan}: {n} left", plan=plan, n=left)
    return _("{plan}: {n} left", plan=plan, n=left)


def _waiting(_: Speech, depths: tuple[Depth, ...]) -> Html:
    if not depths:
        return Html("")
    waiting = ", ".join(f"{jobs_name(_, one.kind)} {one.many}" for one in depths)
    return _("On the way: {waiting}", waiting=escape(waiting))


def _guarded(visit: Visit, found: Today) -> list[Html]:
    """Payments that wait for staff, and providers hidden from customers."""
    _, waits = visit.speech, found.backlog
    said = []
    if waits.held:
        said.append(
            _.ngettext(
                "🔎 {n} payment to review.",
                "🔎 {n} payments to review.",
                waits.held,
            )
        )
    if waits.unassigned:
        said.append(
            _.ngettext(
                "❔ {n} unassigned payment.",
                "❔ {n} unassigned payments.",
                waits.unassigned,
            )
        )
    if found.elsewhere:
        said.append(
            _.ngettext(
                "🏷 {n} message of a provider was about another business: nothing was booked.",
                "🏷 {n} messages of providers were about another business: nothing was booked.",
                found.elsewhere,
            )
        )
    for one in waits.hidden:
        since = _.moment(one.opened_at or visit.now, now=visit.now)
        said.append(
            _(
                "🔴 {way} does not answer since {moment}; customers do not see it.",
                way=provider_name(_, one.provider),
                moment=since,
            )
        )
    return said


def _trouble(_: Speech, found: Today) -> Html:
    many = found.backlog.dead + sum(found.backlog.inbox_events.values())
    if not many:
        return _("✅ No failed jobs.")
    return _.ngettext("⚠️ {n} failed job needs a person.", "⚠️ {n} failed jobs need a person.", many)
