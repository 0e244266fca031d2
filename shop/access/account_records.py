"""Accounts at connectors: one for each subscription."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shop.access.lifecycle import Standing
from shop.access.subscription_records import standing_of
from shop.books.moments import maybe_moment, seconds
from shop.books.queries import Row, Sql
from shop.catalog.records import Product, product_of
from shop.core.errors import NotFoundError


class Actual(StrEnum):
    """What the connector said last."""

    NONE = "none"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """An account; `encrypted` holds the encrypted credentials, `token` opens playlists."""

    subscription_id: int
    connector: str
    actual: Actual
    external_id: str
    encrypted: bytes | None
    token: str
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who stands behind a token."""

    account: AccountRow
    customer_id: int
    product: Product
    standing: Standing


class Accounts:
    """The table of accounts."""

    __slots__ = ("_sql",)

    def __init__(self, sql: Sql) -> None:
        """Bind to one unit of work."""
        self._sql = sql

    def add(self, subscription_id: int, *, connector: str, token: str) -> int:
        """Note that an account is wanted; returns the number of this first wish."""
        self._sql.run(
            "account_add", subscription_id=subscription_id, connector=connector, token=token
        )
        return 1

    def wish(self, subscription_id: int) -> int:
        """Number one more wish for this account."""
        found: int | None = self._sql.value("account_wish", subscription_id=subscription_id)
        if found is None:
            raise NotFoundError(what="account", name=subscription_id)
        return found

    def get(self, subscription_id: int) -> AccountRow:
        """The account of this subscription."""
        row = self._sql.one("account_of", subscription_id=subscription_id)
        if row is None:
            raise NotFoundError(what="account", name=subscription_id)
        return _account(row)

    def note(
        self, subscription_id: int, *, actual: Actual, external_id: str, encrypted: bytes | None
    ) -> None:
        """What the connector made of it."""
        self._sql.run(
            "account_note",
            subscription_id=subscription_id,
            actual=actual,
            external_id=external_id,
            encrypted=encrypted,
        )

    def set_token(self, subscription_id: int, token: str) -> None:
        """Replace the secret of the playlist address; the old one stops working."""
        self._sql.run("account_new_token", subscription_id=subscription_id, token=token)

    def note_delivered(self, subscription_id: int, *, now: datetime) -> None:
        """The customer has the credentials."""
        self._sql.run("account_delivered", subscription_id=subscription_id, now=seconds(now))

    def holder(self, token: str) -> Holder | None:
        """Who this token belongs to."""
        row = self._sql.one("account_by_token", token=token)
        return None if row is None else _holder(row)

    def holders_named(self, external_id: str, *, connector: str) -> list[Holder]:
        """Who has this id (a user name) at a connector: at most one that is not terminated."""
        rows = self._sql.all("accounts_by_external", external_id=external_id, connector=connector)
        return [_holder(row) for row in rows]


def _holder(row: Row) -> Holder:
    return Holder(
        account=_account(row),
        customer_id=row["customer_id"],
        product=product_of(row),
        standing=standing_of(row),
    )


def _account(row: Row) -> AccountRow:
    return AccountRow(
        subscription_id=row["subscription_id"],
        connector=row["connector"],
        actual=Actual(row["actual"]),
        external_id=row["external_id"],
        encrypted=None if row["encrypted"] is None else bytes(row["encrypted"]),
        token=row["token"],
        delivered_at=maybe_moment(row["delivered_at"]),
    )
