"""Asking before an act, and the way back to the desk."""

from handlers.screens import Row, Screen, bold, button
from handlers.visit import Visit
from handlers.wording import Html, Speech


def sure(visit: Visit, ask: Html, *act: object, back: tuple[object, ...]) -> Screen:
    """Ask for a confirming tap; its data carries the moment, so that it counts once."""
    _ = visit.speech
    name, *args = act
    where, *there = back
    yes = button(_("Yes, do it"), str(name), *args, int(visit.now.timestamp()), style="danger")
    no = button(_("No"), str(where), *there)
    return Screen(text=bold(ask), rows=((yes, no),))


async def customer_screen(visit: Visit, customer_id: int) -> Screen:
    """The customer whom an act was about, as the desk shows them."""
    _ = visit.speech
    return await visit.open("customer", customer_id) or Screen(text=_("Done."))


def back(_: Speech) -> Row:
    """Back to the desk."""
    return (button(_("← The shop today"), "desk"),)
