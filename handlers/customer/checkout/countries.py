"""Asks where a customer lives, in shops whose ways to pay depend on it."""

from handlers.screens import Row, Screen, button, in_rows
from handlers.visit import Visit
from handlers.wording import Html, Speech, escape
from shop.customers.countries import ELSEWHERE
from shop.orders.ways import WayPolicy, countries_of

_MOST = 90  # Telegram shows a hundred buttons


def country_question(visit: Visit, price_id: int) -> Screen:
    """Offer the countries that the shop's rules name, sorted in the customer's language."""
    _ = visit.speech
    known = sorted(
        countries_of(visit.counter.policy[WayPolicy].rules), key=lambda code: country_name(_, code)
    )
    lands = [button(country_name(_, code), "country", price_id, code) for code in known[:_MOST]]
    other = (button(_("Another country"), "country", price_id, ELSEWHERE),)
    text = _("Where do you live? Some ways to pay are there only for some countries.")
    return Screen(text=text, rows=(*in_rows(lands, wide=2), other))


def country_row(visit: Visit, price_id: int) -> Row:
    """The chosen country, with the option to change it."""
    _ = visit.speech
    name = country_name(_, visit.customer.country)
    return (button(_("🌍 {country} – change", country=name), "country", price_id),)


def country_name(_: Speech, code: str) -> Html:
    """The country's name in this language."""
    if code == ELSEWHERE:
        return _("Another country")
    return escape(str(_.locale.territories.get(code, code)))
