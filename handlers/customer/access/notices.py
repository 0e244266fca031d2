"""What is told about time: it runs out, has run out, is over; nothing once it was renewed."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from handlers.customer.access.credentials import deliver
from handlers.customer.renewals.notices import renewal_ahead
from handlers.screens import Row, Screen, button
from handlers.visit import Visit
from handlers.wording import Html
from shop.access.lifecycle import state_at
from shop.access.notices import (
    Credentials,
    DeliveryLate,
    Ended,
    Frozen,
    Grace,
    Reminder,
    Suspended,
    Unfrozen,
)
from shop.access.reminder_rules import days_until
from shop.access.states import SubscriptionState as State
from shop.access.subscription_records import Subscription
from shop.catalog.records import Price
from shop.messaging.notices import CustomerNotice
from shop.storefront.overview import Holding, overview
from shop.storefront.plans import Card, card, renewal

_TOMORROW, _TODAY = 1, 0
_OLD_NEWS = timedelta(days=2)  # after the end; the customer has been told by then


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The subscription a notice is about, as it stands today."""

    subscription: Subscription
    state: State
    plan: Html
    price: Price | None
    holding: Holding


async def credentials(visit: Visit, notice: Credentials) -> None:
    """The credentials as they are now; nothing when access has ended meanwhile."""
    await deliver(visit, notice.subscription)


async def delivery_late(visit: Visit, notice: DeliveryLate) -> Screen:
    """The account could not be made at once."""
    _ = visit.speech
    one = await _card(visit, notice.plan)
    text = _(
        "Your access to {plan} takes a little longer than usual. You need not do anything: "
        "we keep at it, and it arrives here by itself.",
        plan=_.own(one.product.name),
    )
    return Screen(text=text)


async def reminder(visit: Visit, notice: Reminder) -> Screen | None:
    """So many days before the end, with renewal one tap away."""
    _ = visit.speech
    one = await _held(visit, notice.subscription)
    if one is None or not visit.customer.wants_reminders:
        return None
    standing = one.subscription.standing
    is_same = standing.paid_until == notice.paid_until
    if not is_same or standing.is_frozen or one.state in {State.PAUSED, State.ENDED}:
        return None  # renewed, or not the customer's to renew
    off = button(_("No more reminders"), "reminders", "off")
    is_old = standing.is_trial or visit.now - standing.paid_until > _OLD_NEWS
    if one.state is State.SUSPENDED and is_old:
        return None  # the customer was told when it ended
    # Counted now, not when it was queued: it may have waited for morning, or for Telegram.
    days = days_until(standing.paid_until, visit.speech.zone, now=visit.now)
    by_itself = renewal_ahead(visit, one.holding, days=days)
    if by_itself is not None:
        manage = button(_("Manage the renewal"), "+renewal", one.subscription.id)
        return Screen(text=by_itself, rows=((manage,), (off,))) if by_itself else None
    return Screen(text=_countdown(visit, one, days), rows=(_renew(visit, one), (off,)))


def _countdown(visit: Visit, one: Held, days: int) -> Html:
    _, standing, plan = visit.speech, one.subscription.standing, one.plan
    date, time = _.date(standing.paid_until), _.clock(standing.paid_until)
    if standing.paid_until <= visit.now:
        if standing.is_trial:
            return _("Your trial of <b>{plan}</b> is over. Did you like it?", plan=plan)
        if one.state is State.PAST_DUE:
            access = _.moment(standing.access_until, now=visit.now)
            return _(
                "Your time with <b>{plan}</b> ran out on {date}. It stays on until {access}.",
                plan=plan,
                date=date,
                access=access,
            )
        return _("Your time with <b>{plan}</b> ran out on {date}.", plan=plan, date=date)
    if days == _TODAY:
        return _("⏳ Your time with <b>{plan}</b> ends today at {time}.", plan=plan, time=time)
    if days == _TOMORROW:
        return _("⏳ Your time with <b>{plan}</b> ends tomorrow at {time}.", plan=plan, time=time)
    return _.ngettext(
        "Your time with <b>{plan}</b> ends in {n} day, on {date}.",
        "Your time with <b>{plan}</b> ends in {n} days, on {date}.",
        days,
        plan=plan,
        date=date,
    )


async def grace(visit: Visit, notice: Grace) -> Screen | None:
    """Unpaid, yet still on."""
    _ = visit.speech
    one = await _held(visit, notice.subscription)
    if one is None or one.state is not State.PAST_DUE:
        return None
    access = _.moment(one.subscription.standing.access_until, now=visit.now)
    text = _(
        "Your time with <b>{plan}</b> has run out. We leave it on until {date}, so that you "
        "miss nothing.",
        plan=one.plan,
        date=access,
    )
    return Screen(text=text, rows=(_renew(visit, one),))


async def suspended(visit: Visit, notice: Suspended) -> Screen | None:
    """Off, yet kept."""
    _ = visit.speech
    one = await _held(visit, notice.subscription)
    if one is None or one.state is not State.SUSPENDED:
        return None
    kept = _.moment(one.subscription.standing.kept_until, now=visit.now)
    if one.subscription.standing.is_trial:
        text = _(
            "Your trial of <b>{plan}</b> is over. Did you like it? Go on until {date}, and "
            "your access stays the same.",
            plan=one.plan,
            date=kept,
        )
    else:
        text = _(
            "<b>{plan}</b> is off now. Renew by {date}, and everything is as it was.",
            plan=one.plan,
            date=kept,
        )
    return Screen(text=text, rows=(_renew(visit, one),))


async def ended(visit: Visit, notice: Ended) -> Screen | None:
    """Over for good; whoever has come back since hears nothing."""
    _ = visit.speech
    one = await _card(visit, notice.plan)
    if one.live is not None:
        return None
    text = _(
        "<b>{plan}</b> has ended. Thank you for having been with us; you are welcome back "
        "any time.",
        plan=_.own(one.product.name),
    )
    return Screen(text=text, rows=((button(_("See the plans"), "plans"),),))


async def _held(visit: Visit, number: int) -> Held | None:
    storage, policy = visit.counter.storage, visit.counter.policy
    seen = await storage.read(overview, visit.customer.id, now=visit.now)
    holding = next((one for one in seen.holdings if one.subscription.id == number), None)
    if holding is None:
        return None
    product, price = await storage.read(renewal, number, visit.customer.id, policy=policy)
    return Held(
        subscription=holding.subscription,
        state=state_at(holding.subscription.standing, now=visit.now),
        plan=visit.speech.own(product.name),
        price=price,
        holding=holding,
    )


def _renew(visit: Visit, one: Held) -> Row:
    """One tap to where it is paid; it says the time and the price when they are known."""
    _ = visit.speech
    label = _("Choose how long")
    if one.price is not None:
        label = _(
            "Renew: {time} · {price}",
            time=_.interval(one.price.interval),
            price=_.money(one.price.amount),
        )
    return (button(label, "renew", one.subscription.id, style="primary"),)


async def frozen(visit: Visit, notice: Frozen) -> Screen | None:
    """Staff stopped access."""
    _ = visit.speech
    one = await _card(visit, notice.plan)
    if one.live is None or not one.live.standing.is_frozen:
        return None  # it was given back before this was told
    text = _(
        "Your access to {plan} is on hold. Please write to us, and we sort it out together.",
        plan=_.own(one.product.name),
    )
    return Screen(text=text, rows=((button(_("Write to us"), "support"),),))


async def unfrozen(visit: Visit, notice: Unfrozen) -> Screen | None:
    """Staff gave access back."""
    _ = visit.speech
    one = await _card(visit, notice.plan)
    if one.live is None or one.live.standing.is_frozen:
        return None
    text = _("Your access to {plan} is on again. Enjoy!", plan=_.own(one.product.name))
    return Screen(text=text, rows=((button(_("My account"), "account"),),))


async def _card(visit: Visit, plan: str) -> Card:
    return await visit.counter.storage.read(
        card, plan, visit.customer.id, policy=visit.counter.policy
    )


WORDS: Mapping[type[CustomerNotice], Callable[[Visit, Any], Awaitable[Screen | None]]] = {
    Credentials: credentials,
    DeliveryLate: delivery_late,
    Reminder: reminder,
    Grace: grace,
    Suspended: suspended,
    Ended: ended,
    Frozen: frozen,
    Unfrozen: unfrozen,
}
