"""What is about to be bought, and the ways to pay for it."""

from dataclasses import replace

from handlers.customer.checkout.able import Way, ways_for
from handlers.customer.checkout.countries import country_question, country_row
from handlers.customer.checkout.kept import kept_lines
from handlers.customer.storefront.plans import on_hold, plan_screen
from handlers.names import provider_name
from handlers.screens import Args, Row, Screen, bold, button
from handlers.visit import Visit
from handlers.wording import Html, Speech, lines, paragraphs
from shop.core.intervals import Interval
from shop.core.money import Money
from shop.credit.rules import covers, offered_part
from shop.customers.people import choose_country
from shop.orders.provider_health import hidden_ways
from shop.orders.ways import WALLET, WayPolicy, arranged, asks_for_country, name_of
from shop.ports import saver_of
from shop.renewals.rules import RenewalPolicy
from shop.renewals.saved_methods import card_label
from shop.renewals.who_renews import Renewer
from shop.storefront.plans import Basket, own_basket, rest_of, way_used_last

SAVES = "save"
"""The argument in a button's data that stands for consent to keep the card."""


async def ways(visit: Visit, args: Args) -> Screen:
    """Summarise the order and offer the ways to pay."""
    return await ways_screen(visit, args.number(0), saves=args.choice(1) == SAVES)


async def ways_screen(visit: Visit, price_id: int, *, saves: bool = False) -> Screen:
    """The same; when the price is no longer in force, today's prices and the reason."""
    _ = visit.speech
    one = await visit.counter.storage.read(
        own_basket, price_id, visit.customer.id, policy=visit.counter.policy, now=visit.now
    )
    price_id = one.price.id
    if reason := changed(_, one):
        return (await plan_screen(visit, one.product.slug)).explaining(reason)
    rules = visit.counter.policy[WayPolicy].rules
    if asks_for_country(rules) and not visit.customer.country:
        return country_question(visit, price_id)
    hidden = await visit.counter.storage.read(hidden_ways)
    able = ways_for(visit.counter.providers, one)
    found = [way for way in able if way.provider not in hidden]
    shown = _shown(visit, one, found)
    found = [way for way in found if way.provider in shown]
    savers = _savers(visit, one, found)
    rows = _rows(visit, one, found, savers=savers if saves else set())
    ask = _("How would you like to pay?")
    if not rows and any(way.provider in hidden for way in able):
        ask = _(
            "Paying is interrupted just now. Please try again in a few minutes; the price stays."
        )
    elif not rows:
        ask = _(
            "There is no way to pay this in {currency} yet. Please choose another currency "
            "or write to us: /support",
            currency=one.price.amount.currency,
        )
    if savers:
        rows.append(_saving_row(_, price_id, saves=saves))
    if asks_for_country(rules):
        rows.append(country_row(visit, price_id))
    back = (button(_("← Back"), "plan", one.product.slug),)
    text = paragraphs(*summary(visit, one), _kept(visit, one), ask)
    return Screen(text=text, rows=(*rows, back))


def _kept(visit: Visit, one: Basket) -> Html:
    """Why the wallet gives less to this than lies in it."""
    _ = visit.speech
    if not one.kept or one.recurs:
        return Html("")
    has = _("In your wallet: {amount}.", amount=_.money(one.in_wallet))
    return lines(has, kept_lines(visit, one.kept))


async def country(visit: Visit, args: Args) -> Screen:
    """Choose a country, then show the ways to pay there."""
    if code := args.choice(1):
        person = await visit.counter.storage.run(choose_country, visit.customer.id, code)
        return await ways_screen(replace(visit, customer=person), args.number(0))
    return country_question(visit, args.number(0))


def _shown(visit: Visit, one: Basket, found: list[Way]) -> list[str]:
    there = {WALLET: one.price.amount.currency}
    there |= {way.provider: way.amount.currency for way in found}
    return arranged(
        visit.counter.policy[WayPolicy].rules,
        there,
        country=visit.customer.country,
        plan=one.product.slug,
    )


def _rows(visit: Visit, one: Basket, found: list[Way], *, savers: set[str]) -> list[Row]:
    """A button for each way, in the owner's order; those in `savers` will keep the card."""
    _ = visit.speech
    by_name = {way.provider: way for way in found}
    rows: list[Row] = []
    for name in _shown(visit, one, found):
        if name == WALLET:
            rows += [] if one.recurs else _wallet_rows(_, one)
        else:
            way = by_name[name]
            text = _("{way} · {price}", way=way_name(visit, name), price=_.money(way.amount))
            consent = [SAVES] if name in savers else []
            rows.append((button(text, "pay", way.price_id, name, *consent),))
    return rows


def way_name(visit: Visit, provider: str) -> Html:
    """The owner's name for a way to pay, or the usual one."""
    own = visit.speech.own(name_of(visit.counter.policy[WayPolicy].rules, provider))
    return own or provider_name(visit.speech, provider)


def _savers(visit: Visit, one: Basket, found: list[Way]) -> set[str]:
    """Providers that can keep the card, if the owner offers that and it is not on already."""
    if not visit.counter.policy[RenewalPolicy].asks or one.renewer is not Renewer.NOBODY:
        return set()
    providers = visit.counter.providers
    return {way.provider for way in found if saver_of(providers[way.provider]) is not None}


def _saving_row(_: Speech, price_id: int, *, saves: bool) -> Row:
    """The tick box that gives consent: off until it is tapped."""
    if saves:
        return (button(_("☑ Renew by itself with this card"), "ways", price_id),)
    return (button(_("☐ Renew by itself with this card"), "ways", price_id, SAVES),)


def _wallet_rows(_: Speech, one: Basket) -> list[Row]:
    """Pay all from the wallet, in either currency held there, or use a part of it."""
    rows: list[Row] = []
    stars = one.stars if one.stars != one.price else None
    for price, free in ((one.price, one.free), (stars, one.free_stars)):
        if price is not None and covers(price.amount, free=free):
            name = _("Wallet · {price}", price=_.money(price.amount))
            rows.append((button(name, "wallet_pay", price.id),))
    if not one.part.is_zero:
        rows.append((button(_("Keep the wallet out of it"), "wallet_reserve", one.price.id, 0),))
    elif not (part := _further(one)).is_zero:
        use = _("Use my wallet ({amount})", amount=_.money(part))
        rows.append((button(use, "wallet_reserve", one.price.id, 1),))
    return rows


def _further(one: Basket) -> Money:
    """What the wallet could add beyond the part already reserved for this order."""
    part = offered_part(one.price.amount, free=one.free)
    return max(part - (one.price.amount - one.due), Money.zero(part.currency))


def changed(_: Speech, one: Basket) -> Html | None:
    """Why this can no longer be bought as shown, or None when it can."""
    if not one.product.is_offered:
        return _("{plan} is no longer on offer.", plan=_.own(one.product.name))
    if not one.price.is_in_force:
        return _("The price has changed since. Here is today's.")
    if one.live is not None and one.live.standing.is_frozen:
        return on_hold(_)
    return None


def summary(visit: Visit, one: Basket) -> tuple[Html, ...]:
    """What is bought, what it costs, and how long it will last."""
    _ = visit.speech
    title = _(
        "<b>{plan}, {time}</b>", plan=_.own(one.product.name), time=_.interval(one.price.interval)
    )
    return (title, lines(_price(_, one), _outcome(visit, one)), _repeats(visit, one))


def _repeats(visit: Visit, one: Basket) -> Html:
    """What will be charged automatically after this payment."""
    _ = visit.speech
    if one.recurs:
        return _(
            "Telegram charges {price} every {time} by itself until you stop it, here in "
            "/account or in Telegram's settings.",
            price=_.money(one.price.amount),
            time=_.interval(one.price.interval),
        )
    if one.renewer is Renewer.STARS and one.star is not None:
        return _(
            "Telegram renews it in Stars by itself on {date}, whatever you pay here. To let a "
            "card do that instead, stop it first: /account",
            date=_.moment(one.star.expires_at, now=visit.now),
        )
    if one.renewer is Renewer.CARD and one.renewal is not None:
        return _(
            "It also renews by itself with {card}, once this time is used up: /account",
            card=card_label(one.renewal.method),
        )
    return Html("")


def _price(_: Speech, one: Basket) -> Html:
    if one.due == one.price.amount:
        return _("Price: <b>{price}</b>", price=_.money(one.due))
    if not one.part.is_zero:
        return _(
            "Still to pay: <b>{rest}</b> of {price}; {part} comes from your wallet.",
            rest=_.money(one.due),
            price=_.money(one.price.amount),
            part=_.money(one.price.amount - one.due),
        )
    return _(
        "Still to pay: <b>{rest}</b> of {price}; the rest is here already.",
        rest=_.money(one.due),
        price=_.money(one.price.amount),
    )


def _outcome(visit: Visit, one: Basket) -> Html:
    _ = visit.speech
    date = bold(_.date(one.span.ends_at))
    if one.live is None or one.span.starts_at <= visit.now:
        return _("Paid today, it lasts until {date}.", date=date)
    was = _.date(one.live.standing.paid_until)
    return _("Your time grows from {was} to {date}.", was=was, date=date)


async def way_again(visit: Visit, one: Basket) -> Way | None:
    """The way this plan was last paid, if it still works and there is nothing to ask first."""
    last = await visit.counter.storage.read(way_used_last, one.product.id, visit.customer.id)
    hidden = await visit.counter.storage.read(hidden_ways)
    found = [way for way in ways_for(visit.counter.providers, one) if way.provider not in hidden]
    shown = _shown(visit, one, found)
    is_asked = (
        asks_for_country(visit.counter.policy[WayPolicy].rules) and not visit.customer.country
    )
    if is_asked or (WALLET in shown and _wallet_rows(visit.speech, one)):
        return None
    again = (way for way in found if way.provider == last and last in shown)
    return next(again, None)


async def pay_rest(visit: Visit, args: Args) -> Screen:
    """Pay the missing rest of a price."""
    slug, interval, currency = args.text(0), Interval.from_key(args.text(1)), args.text(2)
    price, _missing = await visit.counter.storage.read(
        rest_of, slug, interval, currency, visit.customer.id, now=visit.now
    )
    if price is None:
        _ = visit.speech
        reason = _("The price has changed since. Here is today's.")
        return (await plan_screen(visit, slug)).explaining(reason)
    return await ways_screen(visit, price.id)
