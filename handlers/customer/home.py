"""The first screen a person sees, and the help page."""

from handlers.screens import Args, Row, Screen, bold, button
from handlers.visit import Visit
from handlers.wording import Html, Speech, lines, paragraphs
from shop.catalog.offers import shopfront
from shop.storefront.overview import Overview, overview


async def home(visit: Visit, _args: Args) -> Screen:
    """Greet the visitor; a customer sees the plans in use."""
    _ = visit.speech
    storage, customer = visit.counter.storage, visit.customer
    front = await storage.read(shopfront)
    seen = await storage.read(overview, customer.id, now=visit.now)
    hello = bold(_("Hello {name}!", name=customer.name))
    running = _running(visit, seen)
    if running:
        return Screen(text=paragraphs(hello, running), rows=_first_steps(_, seen))
    usual = _(
        "Welcome to {shop}. Pick a plan, pay the way you like, and your access arrives right here "
        "in this chat, usually within a minute.",
        shop=bold(visit.counter.policy.shop_name or _.own(front.name)),
    )
    greeting = _.own(front.greeting) or usual
    return Screen(text=paragraphs(hello, greeting), rows=_first_steps(_, seen))


def _running(visit: Visit, seen: Overview) -> Html:
    """One line for each plan in use."""
    _ = visit.speech
    return lines(
        *(
            _(
                "🟢 {plan}: until {date}",
                plan=bold(_.own(one.subscription.product.name)),
                date=_.moment(one.subscription.standing.paid_until, now=visit.now),
            )
            for one in seen.holdings
            if one.has_access
        )
    )


def _first_steps(_: Speech, seen: Overview) -> tuple[Row, ...]:
    rest = (button(_("Help"), "help"), button(_("Language"), "language"))
    if not seen.holdings:
        return (button(_("See the plans"), "plans", style="primary"),), rest
    return (button(_("My account"), "account"), button(_("See the plans"), "plans")), rest


async def help_page(visit: Visit, _args: Args) -> Screen:
    """List what can be done here."""
    _ = visit.speech
    text = paragraphs(
        bold(_("How can we help?")),
        lines(
            _("/plans – what there is, and what it costs"),
            _("/account – your access, renewal and reminders"),
            _("/wallet – money we keep for you"),
            _("/support – write to us"),
            _("/paysupport – something about a payment"),
            _("/language – speak another language"),
            _("/terms and /privacy – the small print, kept short"),
        ),
        _("Buttons in older messages go on working; if something changed, we say so."),
    )
    rows = (
        (button(_("See the plans"), "plans"), button(_("My account"), "account")),
        (button(_("Write to us"), "support"),),
    )
    return Screen(text=text, rows=rows)
