"""What a way to pay takes: what it says of itself, and what it refused lately."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from shop.books.books import Books
from shop.books.moments import moment, seconds
from shop.books.notes import Notes
from shop.core.errors import ShopError
from shop.core.money import Money
from shop.ports import NO_LIMITS, Limits, RequestRefusedError, TooLittleError, TooMuchError

_NOTES = "limits:"
_SAID_HOLDS = timedelta(days=1)  # a least that it names: coins' fees change
_FOUND_HOLDS = timedelta(days=7)  # a sum that it refused: nobody asks it about that again so soon

Learned = Mapping[str, Limits]
"""By `provider:currency`."""


class BeyondLimitsError(ShopError):
    """This way to pay does not take so little, or so much."""


def asked_of(price: Money, due: Money, limits: Limits) -> Money | None:
    """What a way asks where `due` of the price is left; None where it cannot take that.

    A rest below its least is raised to it: so much more of what is here already stays in the
    wallet.
    """
    raised = Money(min(max(due.minor, limits.least), price.minor), price.currency)
    return raised if limits.take(raised) else None


def limits_now(
    provider: str, currency: str, own: Mapping[str, Limits], learned: Learned
) -> Limits:
    """What this way takes of this currency today."""
    found = learned.get(f"{provider}:{currency}", NO_LIMITS)
    return own.get(currency, NO_LIMITS).within(found)


def learned_limits(books: Books, *, now: datetime) -> Learned:
    """What providers refused lately."""
    notes = {key: json.loads(text) for key, text in books[Notes].under(_NOTES).items()}
    return {
        key: Limits(least=note["least"], most=note["most"])
        for key, note in notes.items()
        if moment(note["until"]) > now
    }


def note_refused_sum(
    books: Books, provider: str, money: Money, error: RequestRefusedError, *, now: datetime
) -> None:
    """Remember what a provider refused as too little or too much; other refusals say nothing."""
    match error:
        case TooLittleError(least=int(least)):
            found, holds = Limits(least=least), _SAID_HOLDS
        case TooLittleError():
            found, holds = Limits(least=money.minor + 1), _FOUND_HOLDS
        case TooMuchError():
            found, holds = Limits(most=money.minor - 1), _FOUND_HOLDS
        case _other:
            return
    key = f"{provider}:{money.currency}"
    found = found.within(learned_limits(books, now=now).get(key, NO_LIMITS))
    note = {"least": found.least, "most": found.most, "until": seconds(now + holds)}
    books[Notes].set_note(_NOTES + key, json.dumps(note))
