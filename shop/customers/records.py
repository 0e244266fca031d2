"""People who talk to the shop."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from shop.books.moments import moment, seconds
from shop.books.queries import Row, Sql
from shop.core.errors import NotFoundError

_MOST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A person; `currency` "" means the shop's own, `zone` an IANA name."""

    id: int
    telegram_id: int
    name: str
    username: str
    language: str
    zone: str
    currency: str
    wants_reminders: bool
    is_reachable: bool
    created_at: datetime
    country: str = ""  # where they live, by their own word; "" was never asked


class Customers:
    """The table of people."""

    __slots__ = ("_sql",)

    def __init__(self, sql: Sql) -> None:
        """Bind to one unit of work."""
        self._sql = sql

    def greet(
        self,
        telegram_id: int,
        *,
        name: str,
        username: str,
        language: str,
        zone: str,
        source: str,
        now: datetime,
    ) -> Customer:
        """Meet a person for the first time or again; language and zone stay as first met."""
        row = self._sql.one(
            "customer_greet",
            telegram_id=telegram_id,
            name=name,
            username=username,
            language=language,
            zone=zone,
            source=source,
            now=seconds(now),
        )
        return customer_of(_there(row, telegram_id))

    def claim(self, customer_id: int) -> Customer:
        """Law 6: take this customer's affairs for the rest of the transaction."""
        return customer_of(_there(self._sql.one("customer_claim", id=customer_id), customer_id))

    def get(self, customer_id: int) -> Customer:
        """The person of this id."""
        return customer_of(_there(self._sql.one("customer_by_id", id=customer_id), customer_id))

    def by_telegram(self, telegram_id: int) -> Customer | None:
        """The person of this Telegram id, if met."""
        row = self._sql.one("customer_by_telegram", telegram_id=telegram_id)
        return None if row is None else customer_of(row)

    def name_of(self, telegram_id: int) -> str:
        """How to call someone in a sentence: by name, or by number where we never met."""
        known = self.by_telegram(telegram_id)
        return known.name if known is not None and known.name else str(telegram_id)

    def find(self, words: str) -> list[Customer]:
        """Up to ten people by id, Telegram id, @username or part of a name."""
        text = words.strip().removeprefix("@")
        pattern = text.lower().replace("!", "!!").replace("%", "!%").replace("_", "!_")
        number = int(text) if text.isascii() and text.isdigit() else -1
        rows = self._sql.all(
            "customers_found",
            number=number if number <= _MOST_ID else -1,
            text=text,
            pattern=f"%{pattern}%",
        )
        return [customer_of(row) for row in rows]

    def set_language(self, customer_id: int, language: str) -> None:
        """Speak this language from now on."""
        self._sql.run("customer_set_language", id=customer_id, language=language)

    def set_currency(self, customer_id: int, currency: str) -> None:
        """Show prices in this currency from now on."""
        self._sql.run("customer_set_currency", id=customer_id, currency=currency)

    def set_country(self, customer_id: int, country: str) -> None:
        """Note where this person lives, by their own word."""
        self._sql.run("customer_set_country", id=customer_id, country=country)

    def set_reminders(self, customer_id: int, *, wants: bool) -> None:
        """Remind this person, or not."""
        self._sql.run("customer_set_reminders", id=customer_id, wants=int(wants))

    def set_reachable(self, telegram_id: int, *, is_reachable: bool) -> None:
        """Note that the person blocked the bot, or came back."""
        self._sql.run(
            "customer_set_reachable", telegram_id=telegram_id, is_reachable=int(is_reachable)
        )

    def new_customers(
        self, *, since: datetime, until: datetime, staff_ids: Collection[int]
    ) -> int:
        """How many people came for the first time, staff left out."""
        staff = f",{','.join(map(str, staff_ids))},"
        found = self._sql.value(
            "new_customers", since=seconds(since), until=seconds(until), staff=staff
        )
        return int(found)


def _there(row: Row | None, name: object) -> Row:
    if row is None:
        raise NotFoundError(what="customer", name=name)
    return row


def customer_of(row: Row) -> Customer:
    """A person as the row of the table has them."""
    return Customer(
        id=row["id"],
        telegram_id=row["telegram_id"],
        name=row["name"],
        username=row["username"],
        language=row["language"],
        zone=row["zone"],
        currency=row["currency"],
        wants_reminders=bool(row["wants_reminders"]),
        is_reachable=bool(row["is_reachable"]),
        created_at=moment(row["created_at"]),
        country=row["country"],
    )
