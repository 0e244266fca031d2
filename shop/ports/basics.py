"""The clock and the vault: what every part of the shop may ask for."""

from datetime import datetime
from typing import Protocol

from shop.core.errors import ShopError


class Clock(Protocol):
    """Where the time comes from (law 2)."""

    def now(self) -> datetime:
        """The present moment: aware, UTC, whole seconds."""
        ...


class Vault(Protocol):
    """Keeps secrets at rest (law 13)."""

    def seal(self, secret: bytes) -> bytes:
        """Encrypt."""
        ...

    def unseal(self, sealed: bytes) -> bytes:
        """Decrypt; raises `SealBrokenError` when no key fits."""
        ...


class SealBrokenError(ShopError):
    """A stored secret cannot be read with today's SECRET_KEY."""
