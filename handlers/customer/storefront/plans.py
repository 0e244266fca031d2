"""The plans, and one plan with its prices."""

from handlers.screens import Args, Row, Screen, bold, button, in_rows
from handlers.visit import Visit
from handlers.wording import Html, Speech, lines, paragraphs
from shop.core.errors import NotFoundError
from shop.customers.people import choose_currency
from shop.storefront.plans import Card, Term, card, menu


async def plans(visit: Visit, _args: Args) -> Screen:
    """Everything on offer, each with its lowest price."""
    _ = visit.speech
    found = await visit.counter.storage.read(menu, visit.customer.id, policy=visit.counter.policy)
    if not found.cards:
        text = _("There is nothing on offer just now. Please look in again a little later.")
        return Screen(text=text, rows=((button(_("Write to us"), "support"),),))
    text = paragraphs(bold(_("Our plans")), *(_summary(_, one) for one in found.cards))
    names = [button(_choice(_, one), "plan", one.product.slug) for one in found.cards]
    switch = _currency_row(_, found.cards[0], "plans_currency")
    return Screen(text=text, rows=(*in_rows(names, wide=1), *switch, _back(_, "home")))


def _summary(_: Speech, one: Card) -> Html:
    name = bold(_.own(one.product.name))
    if one.live is not None:
        name = _("{plan} – yours already", plan=name)
    return lines(name, _.own(one.product.description))


def _choice(_: Speech, one: Card) -> Html:
    name = _.own(one.product.name)
    if one.start is None:
        return name
    return _("{plan} · from {price}", plan=name, price=_.money(one.start))


async def plan(visit: Visit, args: Args) -> Screen:
    """One plan: description, trial if there is one, and each term with its price."""
    return await plan_screen(visit, args.text(0))


async def plan_screen(visit: Visit, slug: str) -> Screen:
    """The same; when the plan is no longer sold, today's plans and the reason."""
    _ = visit.speech
    storage, policy = visit.counter.storage, visit.counter.policy
    try:
        one = await storage.read(card, slug, visit.customer.id, policy=policy)
    except NotFoundError:
        return (await plans(visit, Args(()))).explaining(_("We have no such plan. Here are ours."))
    if not one.product.is_offered:
        gone = _("{plan} is no longer on offer.", plan=_.own(one.product.name))
        return (await plans(visit, Args(()))).explaining(gone)
    if one.live is not None and one.live.standing.is_frozen:
        return Screen(text=_card_text(visit, one), rows=(_back(_, "plans"),))
    terms = [button(_term(_, term), "ways", term.price.id) for term in one.terms]
    rows = (
        *_trial_row(_, one),
        *in_rows(terms, wide=1),
        *_star_row(_, one),
        *_currency_row(_, one, "currency", slug),
        _back(_, "plans"),
    )
    return Screen(text=_card_text(visit, one), rows=rows)


def on_hold(_: Speech) -> Html:
    """Why neither more time nor a renewal is sold for it, said the same wherever it is asked."""
    return _("🔴 On hold. Please write to us: /support")


def _card_text(visit: Visit, one: Card) -> Html:
    _ = visit.speech
    screens = _.ngettext(
        "On {n} screen at a time", "On {n} screens at a time", one.product.screens
    )
    if one.live is not None and one.live.standing.is_frozen:
        ask = Html("")
    elif not one.terms:
        ask = _("It has no price in your currency yet. Write to us: /support")
    elif one.may_try:
        ask = _("Try it first, or choose how long:")
    else:
        ask = _("Choose how long:")
    return paragraphs(
        lines(bold(_.own(one.product.name)), screens),
        _.own(one.product.description),
        _running(visit, one),
        ask,
    )


def _running(visit: Visit, one: Card) -> Html:
    _ = visit.speech
    if one.live is None:
        return Html("")
    if one.live.standing.is_frozen:
        return on_hold(_)
    date = _.moment(one.live.standing.paid_until, now=visit.now)
    if one.live.standing.paid_until < visit.now:
        return _("You have this plan; it was paid until {date}.", date=date)
    return _(
        "You have this plan until {date}. Whatever you add now comes on top of that.", date=date
    )


def _term(_: Speech, term: Term) -> Html:
    length, price = _.interval(term.price.interval), _.money(term.price.amount)
    if term.saving:
        return _("{time} · {price} · save {n}%", time=length, price=price, n=term.saving)
    return _("{time} · {price}", time=length, price=price)


def _trial_row(_: Speech, one: Card) -> tuple[Row, ...]:
    if not one.may_try:
        return ()
    label = _.ngettext("Try {n} day for free", "Try {n} days for free", one.product.trial_days)
    return ((button(label, "trial", one.product.slug, style="success"),),)


def _star_row(_: Speech, one: Card) -> tuple[Row, ...]:
    """The same plan as a Star subscription, which Telegram charges automatically."""
    if one.star is None:
        return ()
    label = _(
        "{price} every {time}, renews by itself",
        price=_.money(one.star.amount),
        time=_.interval(one.star.interval),
    )
    return ((button(label, "ways", one.star.id),),)


def _currency_row(_: Speech, one: Card, screen: str, *args: str) -> tuple[Row, ...]:
    others = [code for code in one.currencies if code != one.currency]
    found = [
        button(_("Prices in {currency}", currency=code), screen, *args, code) for code in others
    ]
    return in_rows(found, wide=2)


def _back(_: Speech, screen: str) -> Row:
    return (button(_("← Back"), screen),)


async def currency(visit: Visit, args: Args) -> Screen:
    """Show a plan's prices in another currency from now on."""
    await _choose(visit, args.text(1))
    return await plan_screen(visit, args.text(0))


async def plans_currency(visit: Visit, args: Args) -> Screen:
    """The same, chosen on the list of plans."""
    await _choose(visit, args.text(0))
    return await plans(visit, args)


async def _choose(visit: Visit, code: str) -> None:
    found = await visit.counter.storage.read(menu, visit.customer.id, policy=visit.counter.policy)
    if any(code in one.currencies for one in found.cards):
        await visit.counter.storage.run(choose_currency, visit.customer.id, code)
