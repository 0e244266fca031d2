"""The clock and the encryption: what every part of the shop may ask for."""

from datetime import datetime
from typing import Protocol

from shop.core.errors import ShopError


class Clock(Protocol):
    """Where the time comes from (law 2)."""

    def now(self) -> datetime:
        """The present moment: aware, UTC, whole seconds."""
        ...


class Encryption(Protocol):
    """Keeps secrets at rest (law 13)."""

    def encrypt(self, secret: bytes) -> bytes:
        """Encrypt."""
        ...

    def decrypt(self, encrypted: bytes) -> bytes:
        """Decrypt; raises `DecryptionError` when no key fits."""
        ...


class DecryptionError(ShopError):
    """A stored secret cannot be read with today's SECRET_KEY."""
