"""The account: how each plan stands, and what can be done about it."""

from telegram import InlineKeyboardButton

from handlers.customer.refunds.notices import back_lines
from handlers.customer.storefront.plans import on_hold
from handlers.screens import Args, Row, Screen, bold, button, in_rows
from handlers.visit import Visit
from handlers.wording import Html, Speech, lines, paragraphs
from shop.access.lifecycle import Standing, state_at
from shop.access.reminders import choose_reminders
from shop.access.states import SubscriptionState as State
from shop.renewals.saved_methods import card_label
from shop.renewals.who_renews import Renewer, charged_at
from shop.storefront.overview import Holding, Overview, overview

_MOST_SHOWN = 8


async def account(visit: Visit, _args: Args) -> Screen:
    """Everything in use; an ended plan only when there is nothing else."""
    seen = await visit.counter.storage.read(overview, visit.customer.id, now=visit.now)
    return account_screen(visit, seen)


def account_screen(visit: Visit, seen: Overview) -> Screen:
    """The account as it was just read."""
    _ = visit.speech
    shown = _shown(visit, seen)
    plans = (button(_("See the plans"), "plans"),)
    if not shown:
        text = paragraphs(
            bold(_("Your account")),
            _("You have no plan yet. Have a look at what there is:"),
            back_lines(_, seen.refunds, seen.disputes),
        )
        return Screen(text=text, rows=(plans, (button(_("Help"), "help"),)))
    texts = (_holding(visit, one) for one in shown)
    rows = tuple(row for one in shown for row in _acts(visit, one, is_one=len(shown) == 1))
    reminders = _reminders_button(_, is_on=seen.customer.wants_reminders)
    wallet = (button(_("Wallet"), "wallet"),) if seen.wallets else ()
    rest: tuple[Row, ...] = ((reminders,), (*plans, *wallet, button(_("Help"), "help")))
    back = back_lines(_, seen.refunds, seen.disputes)
    return Screen(text=paragraphs(bold(_("Your account")), *texts, back), rows=(*rows, *rest))


def _shown(visit: Visit, seen: Overview) -> list[Holding]:
    ended = [one for one in seen.holdings if _state(visit, one) is State.ENDED]
    live = [one for one in seen.holdings if one not in ended]
    last = sorted(ended, key=lambda one: one.subscription.standing.paid_until)[-1:]
    return (live or last)[:_MOST_SHOWN]


def _state(visit: Visit, one: Holding) -> State:
    return state_at(one.subscription.standing, now=visit.now)


def _holding(visit: Visit, one: Holding) -> Html:
    _ = visit.speech
    product = one.subscription.product
    screens = _.ngettext("{n} screen", "{n} screens", product.screens)
    title = _("<b>{plan}</b> · {screens}", plan=_.own(product.name), screens=screens)
    waiting = Html("")
    if one.has_access and not one.has_credentials:
        waiting = _("Your access is being made ready; it arrives here by itself.")
    return lines(title, *status(visit, one.subscription.standing), _by_itself(visit, one), waiting)


def _by_itself(visit: Visit, one: Holding) -> Html:
    """One line on when and how it renews automatically."""
    _ = visit.speech
    if one.renewer is Renewer.STARS and one.star is not None:
        date = _.moment(one.star.expires_at, now=visit.now)
        return _("🔁 Telegram renews it in Stars on {date}", date=date)
    if one.renewer is not Renewer.CARD or one.renewal is None:
        return Html("")
    card, at = (
        card_label(one.renewal.method),
        charged_at(one.subscription, one.renewal, now=visit.now),
    )
    if at is None:
        return _("🔁 Renews by itself with {card} once this time is used up", card=card)
    return _(
        "🔁 Renews by itself on {date} with {card}", card=card, date=_.moment(at, now=visit.now)
    )


def status(visit: Visit, standing: Standing) -> tuple[Html, ...]:
    """How a subscription stands, in words."""
    _, now = visit.speech, visit.now
    until = _.moment(standing.paid_until, now=now)
    if standing.is_frozen:
        return (on_hold(_),)
    match state_at(standing, now=now):
        case State.TRIALING:
            left = _.left(standing.paid_until, now=now)
            return _("🟢 Trial, {left}", left=left), _("Free until {date}", date=until)
        case State.ACTIVE:
            left = _.left(standing.paid_until, now=now)
            return _("🟢 Active, {left}", left=left), _("Paid until {date}", date=until)
        case State.PAST_DUE:
            access = _.moment(standing.access_until, now=now)
            was = _("🟡 Was paid until {date}", date=until)
            return was, _("It stays on until {date}; please renew before.", date=access)
        case other:
            return _off(visit, standing, other)


def _off(visit: Visit, standing: Standing, state: State) -> tuple[Html, ...]:
    """The same, for states that give no access."""
    _ = visit.speech
    if state is State.SUSPENDED:
        kept = _.moment(standing.kept_until, now=visit.now)
        off = _("🔴 Off since {date}", date=_.date(standing.access_until))
        return off, _("Renew by {date} and all is as it was.", date=kept)
    if state is State.PAUSED:
        return (_("⏸ Paused"),)
    return (_("⚪️ Ended on {date}", date=_.date(standing.paid_until)),)


def _acts(visit: Visit, one: Holding, *, is_one: bool) -> tuple[Row, ...]:
    """Buttons for what can be done; each names its plan when there are several."""
    _, subscription = visit.speech, one.subscription
    plan = _.own(subscription.product.name)
    found: list[InlineKeyboardButton] = []
    if one.has_access and one.has_credentials:
        label = _("My access") if is_one else _("{plan}: access", plan=plan)
        found.append(button(label, "access", subscription.id))
    has_card = one.renewal is not None and one.renewal.method.forgotten_at is None
    if has_card or one.star is not None:
        label = _("Renewal") if is_one else _("{plan}: renewal", plan=plan)
        found.append(button(label, "renewal", subscription.id))
    if not subscription.standing.is_frozen:
        found.append(button(_renew_label(visit, one, is_one=is_one), "renew", subscription.id))
    return in_rows(found, wide=2)  # three labels in a row are cut short on a phone


def _renew_label(visit: Visit, one: Holding, *, is_one: bool) -> Html:
    _, standing = visit.speech, one.subscription.standing
    plan = _.own(one.subscription.product.name)
    if standing.is_trial or _state(visit, one) is State.ENDED:
        return _("Buy") if is_one else _("{plan}: buy", plan=plan)
    return _("Renew") if is_one else _("{plan}: renew", plan=plan)


def _reminders_button(_: Speech, *, is_on: bool) -> InlineKeyboardButton:
    if is_on:
        return button(_("🔔 Reminders: on"), "reminders", "off")
    return button(_("🔕 Reminders: off"), "reminders", "on")


async def reminders(visit: Visit, args: Args) -> Screen:
    """Turn reminders on or off."""
    _ = visit.speech
    wants = args.text(0) == "on"
    await visit.counter.storage.run(
        choose_reminders, visit.customer.id, wants=wants, now=visit.now
    )
    done = _("We remind you before your time runs out.") if wants else _("No more reminders.")
    return (await account(visit, args)).saying(done)
