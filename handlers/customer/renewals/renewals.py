"""How a plan renews automatically, by card or Stars, and the buttons that change it."""

from handlers.customer.storefront.account import account
from handlers.customer.storefront.plans import on_hold
from handlers.screens import Args, Row, Screen, bold, button
from handlers.visit import Visit
from handlers.wording import Html, lines, paragraphs
from shop.access.holds import OnHoldError
from shop.access.lifecycle import state_at
from shop.access.states import SubscriptionState
from shop.core.errors import NotFoundError
from shop.renewals.records import Renewal
from shop.renewals.saved_methods import OverError, card_label, forget, switch
from shop.renewals.star_records import SubscribedError
from shop.renewals.star_subscriptions import steer
from shop.renewals.who_renews import Renewer, charged_at
from shop.storefront.overview import Holding, overview


async def renewal(visit: Visit, args: Args) -> Screen:
    """One subscription's renewal: what is charged, when, and how to stop it."""
    one = await _own(visit, args.number(0))
    _ = visit.speech
    title = bold(_.own(one.subscription.product.name))
    if one.star is not None:
        text, rows = _stars(visit, one)
    elif one.renewal is not None:
        text, rows = _card(visit, one)
    else:
        return await account(visit, Args(()))
    back = (button(_("← My account"), "account"),)
    return Screen(text=paragraphs(title, text), rows=(*rows, back))


def _card(visit: Visit, one: Holding) -> tuple[Html, tuple[Row, ...]]:
    _, renewal, number = visit.speech, one.renewal, one.subscription.id
    assert renewal is not None  # noqa: S101 - the caller looked
    card = card_label(renewal.method)
    if renewal.method.forgotten_at is not None:
        text = _("It does not renew by itself. The card you paid with is forgotten here.")
        return text, ((button(_("Renew"), "renew", number),),)
    forget_it = button(_("Forget this card"), "forget_card", number)
    standing = one.subscription.standing
    if state_at(standing, now=visit.now) is SubscriptionState.ENDED:
        text = _("It has ended and does not renew. We still keep {card}.", card=bold(card))
        return text, ((forget_it,),)
    if standing.is_frozen:
        text = lines(on_hold(_), _("While it is, {card} is not charged.", card=bold(card)))
        return text, ((forget_it,),)
    if one.renewer is Renewer.NOBODY and not renewal.waits_for_person:
        text = _("It does not renew by itself. We still keep {card}.", card=bold(card))
        on = button(_("Let it renew by itself"), "renewal_on", number, style="success")
        return text, ((on,), (forget_it,))
    if renewal.waits_for_person:
        text = _(
            "{card} could not be charged. Please renew by hand; you can use another card.",
            card=bold(card),
        )
        rows: tuple[Row, ...] = ((button(_("Renew"), "renew", number, style="primary"),),)
    else:
        text = _charged(visit, one, renewal)
        rows = ()
    off = button(_("Stop renewing"), "renewal_off", number)
    return text, (*rows, (off,), (forget_it,))


def _charged(visit: Visit, one: Holding, renewal: Renewal) -> Html:
    _, at = visit.speech, charged_at(one.subscription, renewal, now=visit.now)
    card = bold(card_label(renewal.method))
    if at is None:
        return _("It renews by itself with {card} once this time is used up.", card=card)
    return _(
        "It renews by itself: we charge {card} on {date}, and tell you a few days before.",
        card=card,
        date=_.moment(at, now=visit.now),
    )


def _stars(visit: Visit, one: Holding) -> tuple[Html, tuple[Row, ...]]:
    _, star = visit.speech, one.star
    assert star is not None  # noqa: S101 - the caller looked
    date = _.moment(star.expires_at, now=visit.now)
    if star.renews:
        text = _(
            "Telegram renews it in Stars by itself on {date}. You can stop it here or in "
            "Telegram, under Settings → My Stars.",
            date=date,
        )
        return text, ((button(_("Stop renewing"), "stars_off", star.payment_id),),)
    if star.is_stopped_here:
        text = _("Your Star subscription is stopped. What you paid lasts until {date}.", date=date)
        on = button(_("Let it renew again"), "stars_on", star.payment_id, style="success")
        return text, ((on,),)
    text = _(
        "Your Star subscription does not renew. What you paid lasts until {date}. To let it "
        "renew again, open Telegram's Settings → My Stars.",
        date=date,
    )
    return text, ()


async def turn_on(visit: Visit, args: Args) -> Screen:
    """Renew automatically with the saved card from now on."""
    _ = visit.speech
    try:
        is_on = await _switch(visit, args.number(0), is_on=True)
    except SubscribedError:
        already = _("You have this subscription already; Telegram renews it by itself.")
        return (await renewal(visit, args)).saying(already)
    except OnHoldError:
        return (await renewal(visit, args)).saying(on_hold(_))
    except OverError:
        over = _("It has ended, so there is nothing to renew. You are welcome to buy it again.")
        return (await renewal(visit, args)).saying(over)
    words = _("It renews by itself again.") if is_on else _("This card is no longer kept.")
    return (await renewal(visit, args)).saying(words)


async def turn_off(visit: Visit, args: Args) -> Screen:
    """Stop charging the card; it stays saved."""
    _ = visit.speech
    await _switch(visit, args.number(0), is_on=False)
    return (await renewal(visit, args)).saying(_("It does not renew by itself any more."))


async def _switch(visit: Visit, number: int, *, is_on: bool) -> bool:
    done = await visit.counter.storage.run(
        switch,
        number,
        visit.customer.id,
        is_on=is_on,
        policy=visit.counter.policy,
        now=visit.now,
    )
    visit.counter.wake()
    return done


async def forget_card(visit: Visit, args: Args) -> Screen:
    """Delete the card here and at the provider."""
    _ = visit.speech
    await visit.counter.storage.run(forget, args.number(0), visit.customer.id, now=visit.now)
    visit.counter.wake()
    return (await renewal(visit, args)).saying(_("Your card is forgotten."))


async def stop_stars(visit: Visit, args: Args) -> Screen:
    """Have Telegram stop charging; the time already paid stays."""
    _ = visit.speech
    await _steer(visit, args.number(0), is_stopped=True)
    return (await account(visit, args)).saying(_("It does not renew by itself any more."))


async def resume_stars(visit: Visit, args: Args) -> Screen:
    """Allow renewal again; the customer must also confirm it in Telegram."""
    _ = visit.speech
    is_done = await _steer(visit, args.number(0), is_stopped=False)
    words = _(
        "Almost there: in Telegram, open Settings → My Stars, choose this subscription and "
        "renew it. We write to you once it is on."
    )
    screen = await account(visit, args)
    return screen.explaining(words) if is_done else screen


async def _steer(visit: Visit, number: int, *, is_stopped: bool) -> bool:
    done = await visit.counter.storage.run(
        steer, number, visit.customer.id, is_stopped=is_stopped, now=visit.now
    )
    visit.counter.wake()
    return done


async def _own(visit: Visit, number: int) -> Holding:
    seen = await visit.counter.storage.read(overview, visit.customer.id, now=visit.now)
    found = next((one for one in seen.holdings if one.subscription.id == number), None)
    if found is None:
        raise NotFoundError(what="subscription", name=number)
    return found
