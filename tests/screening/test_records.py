"""What the databases themselves refuse, whatever a use case tries."""

import sqlite3
from collections.abc import Callable

import psycopg
import pytest

from shop.books.books import Books
from shop.books.opening import Storage
from shop.catalog.records import CatalogRecords
from shop.core.intervals import Interval
from shop.core.money import Money
from shop.ledger.journal_records import Entry, Journal
from shop.staff.audit_records import AuditLog
from tests.fixtures.books import NOW, put_plan, subscribe

EUR = Money(799, "EUR")


def write_everything(books: Books) -> None:
    product_id = put_plan(books)
    books[CatalogRecords].set_price(product_id, Interval.from_key("1m"), EUR, now=NOW)
    subscribe(books, 1)
    books[Journal].enter(
        "g", [Entry(account="a", money=EUR), Entry(account="b", money=-EUR)], now=NOW
    )
    books[AuditLog].audit(1, "act", customer_id=None, facts={}, now=NOW)


STATEMENTS = [
    "UPDATE journal SET minor = 1",
    "DELETE FROM journal",
    "UPDATE audit SET act = 'x'",
    "DELETE FROM audit",
    "UPDATE prices SET minor = 1",
]


@pytest.mark.parametrize("statement", STATEMENTS)
async def test_facts_are_never_edited(storage: Storage, books_url: str, statement: str) -> None:
    await storage.run(write_everything)
    if books_url.startswith("sqlite"):
        file = sqlite3.connect(books_url.removeprefix("sqlite:///"))
        with pytest.raises(sqlite3.IntegrityError, match=r"append-only|never edited"):
            file.execute(statement)
        file.close()
    else:
        with (
            psycopg.connect(books_url) as connection,
            pytest.raises(psycopg.errors.RaiseException, match=r"append-only|never edited"),
        ):
            connection.execute(statement.encode())


def same_group_again(books: Books) -> None:
    books[Journal].enter(
        "g", [Entry(account="a", money=EUR), Entry(account="b", money=-EUR)], now=NOW
    )


def stranger(books: Books) -> None:
    books[AuditLog].audit(1, "act", customer_id=999, facts={}, now=NOW)


@pytest.mark.parametrize("use_case", [same_group_again, stranger])
async def test_the_last_word_is_a_constraints(
    storage: Storage, use_case: Callable[[Books], None]
) -> None:
    await storage.run(write_everything)
    with pytest.raises((sqlite3.IntegrityError, psycopg.IntegrityError)):
        await storage.run(use_case)
