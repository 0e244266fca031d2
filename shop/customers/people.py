"""What the chat needs to know of a person, and what a person may set."""

from dataclasses import dataclass
from datetime import datetime

from shop.books.books import Books
from shop.core.errors import BadInputError, NotFoundError
from shop.customers.countries import COUNTRIES, ELSEWHERE
from shop.customers.records import Customer, Customers


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """A person as the chat describes them; `language` an IETF tag."""

    telegram_id: int
    name: str
    username: str
    language: str
    zone: str = "UTC"


def greet(books: Books, visitor: Visitor, *, source: str = "", now: datetime) -> Customer:
    """Meet a person; the first meeting fixes language and time zone until they are changed."""
    return books[Customers].greet(
        visitor.telegram_id,
        name=visitor.name[:200],
        username=visitor.username[:64],
        language=visitor.language[:16],
        zone=visitor.zone,
        source=source[:64],
        now=now,
    )


def known(books: Books, telegram_id: int) -> Customer | None:
    """The person of this Telegram id, if met."""
    return books[Customers].by_telegram(telegram_id)


def person(books: Books, customer_id: int) -> Customer:
    """The person of this id."""
    return books[Customers].get(customer_id)


def choose_language(books: Books, customer_id: int, language: str) -> None:
    """Speak this language from now on."""
    books[Customers].set_language(customer_id, language)


def choose_currency(books: Books, customer_id: int, currency: str) -> None:
    """Show prices in this currency from now on."""
    books[Customers].set_currency(customer_id, currency)


def choose_country(books: Books, customer_id: int, country: str) -> Customer:
    """Note where a person lives, by their own word; returns them as they are now."""
    if country not in COUNTRIES and country != ELSEWHERE:
        raise NotFoundError(what="country", name=country)
    books[Customers].set_country(customer_id, country)
    return books[Customers].get(customer_id)


def note_unreachable(books: Books, telegram_id: int) -> None:
    """The person blocked the bot: nothing is sent until they come back."""
    books[Customers].set_reachable(telegram_id, is_reachable=False)


def find(books: Books, words: str) -> list[Customer]:
    """Up to ten people by id, Telegram id, @username or part of a name."""
    if not words.strip():
        raise BadInputError(reason="Write a name, @username or number to look for.")
    return books[Customers].find(words)
