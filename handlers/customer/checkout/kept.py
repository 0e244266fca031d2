"""What of a wallet is kept for an order, in words."""

from collections.abc import Iterable

from handlers.visit import Visit
from handlers.wording import Html, lines
from shop.credit.records import Kept


def kept_lines(visit: Visit, kept: Iterable[Kept]) -> Html:
    """A line for each order that some of the wallet is kept for."""
    return lines(*(_line(visit, one) for one in kept))


def _line(visit: Visit, one: Kept) -> Html:
    _ = visit.speech
    return _(
        "{amount} of it is kept for {plan}, {time}: until that is paid, or until {moment}.",
        amount=_.money(one.money),
        plan=_.own(one.product.name),
        time=_.interval(one.interval),
        moment=_.moment(one.until, now=visit.now),
    )
