"""What is told about renewals that come by themselves: agreed, ahead, failed, stopped."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from handlers.screens import Row, Screen, bold, button
from handlers.visit import Visit
from handlers.wording import Html, paragraphs
from shop.access.lifecycle import state_at
from shop.access.states import SubscriptionState
from shop.catalog.offers import offer
from shop.messaging.notices import CustomerNotice
from shop.ports import Refusal
from shop.renewals.notices import (
    NotRenewing,
    OffReason,
    RenewalAhead,
    RenewalFailed,
    RenewalOff,
    RenewalOn,
    RenewalStopped,
    StarsFailed,
    StarsResumed,
    StarsStopped,
)
from shop.renewals.who_renews import Renewer
from shop.storefront.overview import Holding, overview


async def agreed(visit: Visit, notice: RenewalOn) -> Screen | None:
    """The card is kept, and renews this from now on."""
    _ = visit.speech
    one = await _holding(visit, notice.subscription)
    if one is None or one.renewer is not Renewer.CARD:
        return None
    text = _(
        "🔁 {plan} renews by itself from now on. We charge {card} on {date}, and tell you a few "
        "days before. You can stop it any time: /account",
        plan=bold(await _plan(visit, notice.plan)),
        card=notice.card,
        date=_moment(visit, notice.charge_at),
    )
    return Screen(text=text, rows=(_manage(visit, notice.subscription),))


async def ahead(visit: Visit, notice: RenewalAhead) -> Screen | None:
    """What is going to be charged, and when; nothing when it was stopped or renewed meanwhile."""
    _ = visit.speech
    one = await _holding(visit, notice.subscription)
    if one is None or one.renewer is not Renewer.CARD or one.renewal is None:
        return None
    if one.renewal.told_price_id != notice.price_id:
        return None  # another price was told since, or another period began
    text = _(
        "🔁 {plan} renews by itself: on {date} we charge {price} to {card}. You need not do "
        "anything. If you would rather not, stop it before then.",
        plan=bold(await _plan(visit, notice.plan)),
        date=_moment(visit, notice.charge_at),
        price=bold(_.money(notice.money)),
        card=notice.card,
    )
    return Screen(text=text, rows=(_manage(visit, notice.subscription),))


async def failed(visit: Visit, notice: RenewalFailed) -> Screen | None:
    """The charge failed; one tap leads to a fresh page."""
    _ = visit.speech
    one = await _holding(visit, notice.subscription)
    if one is None:
        return None
    what = {
        "plan": bold(await _plan(visit, notice.plan)),
        "card": notice.card,
        "price": _.money(notice.money),
    }
    match notice.why:
        case Refusal.NEEDS_PAYER:
            text = _(
                "Your bank wants you to confirm {price} for {plan} yourself. Nothing was "
                "charged. It takes a minute:",
                **what,
            )
        case Refusal.GONE:
            text = _(
                "{card} can no longer be charged for {plan}. Please pay {price} with another "
                "card:",
                **what,
            )
        case Refusal.UNCONFIRMED:
            text = _(
                "We asked for {price} from {card} for {plan}, and never heard whether it was "
                "charged, so we do not ask again. If it was, write to us: /paysupport. Or pay "
                "here, and all goes on:",
                **what,
            )
        case Refusal.DECLINED if (again := notice.again_at) is not None:
            text = _(
                "{card} was declined for {plan}. Nothing was charged. We try again on "
                "{date}; or pay {price} now:",
                date=_moment(visit, again),
                **what,
            )
        case _declined:
            text = _(
                "{card} was declined again, so we stop trying. Nothing was charged. Pay "
                "{price} for {plan} another way, and all goes on:",
                **what,
            )
    pay = button(
        _("Pay {price}", price=what["price"]), "+renew", notice.subscription, style="primary"
    )
    return Screen(text=text, rows=((pay,), _manage(visit, notice.subscription)))


async def off(visit: Visit, notice: RenewalOff) -> Screen:
    """It cannot renew by itself any more, or never could."""
    _ = visit.speech
    plan = bold(await _plan(visit, notice.plan))
    if notice.why is OffReason.UNKEPT:
        text = _(
            "{plan} cannot renew by itself with what you paid with. We remind you before "
            "your time runs out.",
            plan=plan,
        )
    elif notice.why is OffReason.TAKEN_BACK:
        text = _(
            "{plan} does not renew by itself any more, because time was taken back from it. "
            "Your card is not charged.",
            plan=plan,
        )
    else:
        text = _(
            "{plan} is not sold like this any more, so it does not renew by itself. Your "
            "card is not charged. Have a look at what there is:",
            plan=plan,
        )
    return Screen(text=text, rows=((button(_("See the plans"), "+plans"),),))


async def stopped(visit: Visit, notice: RenewalStopped) -> Screen | None:
    """Money for it went back; whoever let it renew again meanwhile needs no word of it."""
    _ = visit.speech
    one = await _holding(visit, notice.subscription)
    if one is None or one.renewer is not Renewer.NOBODY:
        return None
    what = {"money": _.money(notice.money), "plan": bold(await _plan(visit, notice.plan))}
    if notice.card:
        text = _(
            "🔁 {money} for {plan} went back, so it does not renew by itself any more. We do not "
            "charge {card} again unless you tell us to.",
            card=notice.card,
            **what,
        )
    else:
        text = _(
            "🔁 {money} for {plan} went back, so your Star subscription is stopped. Telegram "
            "takes no more Stars for it.",
            **what,
        )
    under_way = Html("")
    if notice.is_under_way:
        under_way = _("A charge that was under way may still arrive; it buys the time after that.")
    rows: tuple[Row, ...] = ((button(_("See the plans"), "+plans"),),)
    if state_at(one.subscription.standing, now=visit.now) is not SubscriptionState.ENDED:
        renew = button(_("Renew"), "+renew", notice.subscription, style="primary")
        rows = ((renew,), _manage(visit, notice.subscription))
    return Screen(text=paragraphs(text, under_way, _lasts(visit, one)), rows=rows)


async def not_renewing(visit: Visit, notice: NotRenewing) -> Screen | None:
    """The money is here again, and the renewal stays off; nothing where it is on again."""
    _ = visit.speech
    one = await _holding(visit, notice.subscription)
    if one is None or one.renewer is not Renewer.NOBODY:
        return None
    text = _(
        "🔁 The money that had gone back for {plan} is here again. It does not renew by itself "
        "unless you let it.",
        plan=bold(await _plan(visit, notice.plan)),
    )
    has_renewal = one.renewal is not None or one.star is not None
    manage = (_manage(visit, notice.subscription),) if has_renewal else ()
    return Screen(text=paragraphs(text, _lasts(visit, one)), rows=(*manage, _account(visit)))


def _lasts(visit: Visit, one: Holding) -> Html:
    """How long what is still paid lasts."""
    _, standing = visit.speech, one.subscription.standing
    if state_at(standing, now=visit.now) is not SubscriptionState.ACTIVE:
        return Html("")
    date = _.moment(standing.paid_until, now=visit.now)
    if visit.customer.wants_reminders:
        return _("It is paid until {date}; we remind you before.", date=date)
    return _("It is paid until {date}.", date=date)


async def stars_stopped(visit: Visit, notice: StarsStopped) -> Screen:
    """The customer stopped a Star subscription in Telegram."""
    _ = visit.speech
    text = _(
        "Your Star subscription to {plan} does not renew any more. What you paid lasts until "
        "{date}.",
        plan=bold(await _plan(visit, notice.plan)),
        date=_moment(visit, notice.until),
    )
    return Screen(text=text, rows=(_account(visit),))


async def stars_resumed(visit: Visit, notice: StarsResumed) -> Screen:
    """The customer let it go on."""
    _ = visit.speech
    text = _(
        "🔁 Your Star subscription to {plan} renews by itself again, next on {date}.",
        plan=bold(await _plan(visit, notice.plan)),
        date=_moment(visit, notice.until),
    )
    return Screen(text=text, rows=(_account(visit),))


async def stars_failed(visit: Visit, notice: StarsFailed) -> Screen:
    """Telegram could not take the Stars."""
    _ = visit.speech
    text = _(
        "Telegram could not take {price} for {plan}. Perhaps there are too few Stars. Top "
        "them up in Telegram, or choose another way:",
        price=_.money(notice.money),
        plan=bold(await _plan(visit, notice.plan)),
    )
    again = button(_("Choose how to go on"), "+plan", notice.plan, style="primary")
    return Screen(text=text, rows=((again,), _account(visit)))


def renewal_ahead(visit: Visit, one: Holding, *, days: int) -> Html | None:
    """What a reminder says instead, when all renews by itself; "" leaves it unsaid."""
    _ = visit.speech
    plan = bold(_.own(one.subscription.product.name))
    if one.renewer is Renewer.STARS and one.star is not None:
        if days <= 0:
            return Html("")
        return _(
            "🔁 Telegram renews {plan} by itself on {date}. You need not do anything.",
            plan=plan,
            date=_.moment(one.star.expires_at, now=visit.now),
        )
    if one.renewer is Renewer.CARD and one.renewal is not None:
        if days > 0 or not one.renewal.silences:
            return Html("")  # what is charged and when is told by itself
        return _(
            "🔁 {plan} is about to renew by itself, but our payment provider does not "
            "answer. We keep trying; you need not do anything.",
            plan=plan,
        )
    return None


async def _holding(visit: Visit, subscription: int) -> Holding | None:
    seen = await visit.counter.storage.read(overview, visit.customer.id, now=visit.now)
    return next((one for one in seen.holdings if one.subscription.id == subscription), None)


async def _plan(visit: Visit, plan: str) -> Html:
    found = await visit.counter.storage.read(offer, plan)
    return visit.speech.own(found.product.name)


def _moment(visit: Visit, at: datetime) -> Html:
    return visit.speech.moment(at, now=visit.now)


def _manage(visit: Visit, subscription: int) -> Row:
    _ = visit.speech
    return (button(_("Manage the renewal"), "+renewal", subscription),)


def _account(visit: Visit) -> Row:
    _ = visit.speech
    return (button(_("My account"), "+account"),)


WORDS: Mapping[type[CustomerNotice], Callable[[Visit, Any], Awaitable[Screen | None]]] = {
    RenewalOn: agreed,
    RenewalAhead: ahead,
    RenewalFailed: failed,
    RenewalOff: off,
    RenewalStopped: stopped,
    NotRenewing: not_renewing,
    StarsStopped: stars_stopped,
    StarsResumed: stars_resumed,
    StarsFailed: stars_failed,
}
