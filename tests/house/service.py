"""A service with accounts, as connectors see one: each verb may be repeated (shop.ports)."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from shop.ports import Account, AccountOrder, ConnectorError, Credentials


class Door(StrEnum):
    """What the service itself says of an account."""

    OPEN = "open"
    SHUT = "shut"
    GONE = "gone"


@dataclass(slots=True)
class Service:
    """Keeps accounts; `trouble` says how many of the next calls fail."""

    name: str
    accounts: dict[int, Door] = field(default_factory=dict)
    made: Counter[int] = field(default_factory=Counter)
    paid_until: dict[int, object] = field(default_factory=dict)
    calls: list[tuple[str, int]] = field(default_factory=list)
    trouble: int = 0

    async def create(self, order: AccountOrder) -> Account:
        self._begin("create", order)
        number = order.subscription_id
        if number not in self.accounts:
            self.accounts[number] = Door.OPEN
            self.made[number] += 1
        return self._account(order, is_new=True)

    async def suspend(self, order: AccountOrder) -> Account:
        return self._turn("suspend", order, Door.SHUT)

    async def resume(self, order: AccountOrder) -> Account:
        return self._turn("resume", order, Door.OPEN)

    async def terminate(self, order: AccountOrder) -> Account:
        return self._turn("terminate", order, Door.GONE)

    async def change(self, order: AccountOrder) -> Account:
        self._begin("change", order)
        self._there(order)
        return self._account(order)

    async def rotate(self, order: AccountOrder) -> Account:
        self._begin("rotate", order)
        self._there(order)
        return self._account(order, is_new=True)

    def _turn(self, verb: str, order: AccountOrder, door: Door) -> Account:
        self._begin(verb, order)
        self._there(order)
        self.accounts[order.subscription_id] = door
        return self._account(order)

    def _begin(self, verb: str, order: AccountOrder) -> None:
        self.calls.append((verb, order.subscription_id))
        if self.trouble:
            self.trouble -= 1
            raise ConnectorError(reason="it is away")
        self.paid_until[order.subscription_id] = order.paid_until

    def _there(self, order: AccountOrder) -> None:
        if order.subscription_id not in self.accounts:
            raise ConnectorError(reason=f"there is no account {order.subscription_id}")

    def _account(self, order: AccountOrder, *, is_new: bool = False) -> Account:
        name = f"user{order.subscription_id}"
        password = f"password-{order.subscription_id}"
        credentials = Credentials(username=name, password=password) if is_new else None
        return Account(external_id=name, credentials=credentials)
