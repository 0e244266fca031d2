"""What every handler is given: the books, the clock, the providers and the shop's addresses."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from shop.books.opening import Storage
from shop.core.policy import Policy
from shop.owner_file.live_policy import LivePolicy
from shop.ports import Clock, Encryption, PaymentProvider


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """Everything a handler needs; one for the whole process.

    `public_url` has no trailing slash; `chat_url` opens the bot's chat; `zone` is the IANA time
    zone given to new customers; `wake` tells the clock that effects wait; `transfer_details`
    are the owner's bank details, `IBAN: …; BIC: …`; `trusted_proxies` are the addresses and
    networks that may tell us a viewer's address; `sign_in_connector` names the connector whose
    usernames and passwords we check ourselves. `screens` are all there
    are, by the names that their buttons have.
    """

    storage: Storage
    clock: Clock
    encryption: Encryption
    policies: LivePolicy
    providers: Mapping[str, PaymentProvider]
    bot_username: str
    public_url: str
    wake: Callable[[], None]
    chat_url: str = ""
    zone: str = "UTC"
    transfer_details: str = ""
    trusted_proxies: tuple[str, ...] = ()
    sign_in_connector: str = ""
    screens: Mapping[str, Callable[..., Awaitable[Any]]] = field(default_factory=dict)

    @property
    def policy(self) -> Policy:
        """The owner's current settings."""
        return self.policies.current
