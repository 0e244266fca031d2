"""Systems that hold accounts, and the shelf that stocked ones come from."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from shop.core.errors import ShopError


class ConnectorError(ShopError):
    """The service could not be reached: {reason}"""  # noqa: D400 - the same


class OutOfStockError(ConnectorError):
    """There are no credentials left to hand out."""


class Verb(StrEnum):
    """What a connector can be asked to do with an account."""

    CREATE = "create"
    SUSPEND = "suspend"
    RESUME = "resume"
    TERMINATE = "terminate"
    CHANGE = "change"
    ROTATE = "rotate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What the customer needs to use the service; `url` may be empty."""

    username: str
    password: str
    url: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountOrder:
    """A request to a connector; the same `subscription_id` always means the same account.

    `external_id` is the connector's own id of the account, "" before it exists; `token` the
    account's secret in playlist addresses; `screens` how many may watch at once.
    """

    subscription_id: int
    plan: str
    screens: int
    external_id: str = ""
    credentials: Credentials | None = None
    token: str = ""
    paid_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What a connector made; credentials None means: as they were."""

    external_id: str
    credentials: Credentials | None = None


class Connector(Protocol):
    """A system that holds accounts. Each verb may be repeated and then changes nothing more.

    One whose accounts exist in the books alone says `books_answer = True` (see `books_answer`).
    """

    name: str

    async def create(self, order: AccountOrder) -> Account:
        """Make the account, or return the one made before."""
        ...

    async def suspend(self, order: AccountOrder) -> Account:
        """Stop access, keep the account."""
        ...

    async def resume(self, order: AccountOrder) -> Account:
        """Give access again."""
        ...

    async def terminate(self, order: AccountOrder) -> Account:
        """Give the account up for good."""
        ...

    async def change(self, order: AccountOrder) -> Account:
        """Bring the account in line with another plan or end date."""
        ...

    async def rotate(self, order: AccountOrder) -> Account:
        """Make new credentials; the old ones stop working."""
        ...


def books_answer(connector: Connector) -> bool:
    """Whether its usernames and passwords are checked at our own doors, from the books."""
    return getattr(connector, "books_answer", False) is True


@dataclass(frozen=True, slots=True, kw_only=True)
class StockLine:
    """One loaded line of credentials, as `connectors/stock` sees it."""

    external_id: str
    credentials: Credentials


class Shelf(Protocol):
    """Where `connectors/stock` takes lines from; the books stand behind it."""

    async def take(self, plan: str, subscription_id: int) -> StockLine:
        """Hand out one line, the same again to the same subscription; or OutOfStockError."""
        ...

    async def swap(self, plan: str, subscription_id: int) -> StockLine:
        """Retire the line in use and hand out another."""
        ...
